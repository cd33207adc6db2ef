import { FacsimileError } from "@facsimile/core";
import type { LockedHome } from "@facsimile/pipeline";
import { expect, it } from "vitest";
import { locksText, releasedText } from "./locks.ts";
import { createStyle } from "./style.ts";

const style = await createStyle({ colour: false, unicode: false });
const lock = { owner: "ann@laptop", run: "r1", reason: "deploy", since: 0, until: 120, expired: false, token: "t" };

function reportOf(...homes: Partial<LockedHome>[]) {
  const hosts = homes.map((at, index) => ({ host: `h${index + 1}`, region: "eu", home: "shop", clock: 60, ...at }));
  return { schema: "locks/1", instance: "staging", hosts } as const;
}

it("hosts whose locks are alike stand in one line; a lock says whose it is and until when", () => {
  expect(locksText(reportOf({}, { lock }, {}, { lock }), style)).toBe(
    "ok eu/h1 h3   free\n" +
      "! eu/h2 h4   locked by ann@laptop (deploy r1) since 1970-01-01 00:00:00 UTC, until 1970-01-01 00:02:00 UTC by its clock\n",
  );
});

it("says what to type where a time is over, and which home where there are several", () => {
  const over = { ...lock, expired: true };
  expect(locksText(reportOf({ host: "h1", lock: over }, { host: "h1", home: "/srv/ledger" }), style)).toBe(
    "! eu/h1   shop: locked by ann@laptop (deploy r1) since 1970-01-01 00:00:00 UTC, time was over 1970-01-01 00:02:00 UTC by its clock\n" +
      "ok eu/h1   /srv/ledger: free\n" +
      "Whoever deploys next takes over a lock whose time is over. To free it now: facs lock release staging\n",
  );
  expect(locksText(reportOf({ lock: over }), style, " --hosts h1")).toMatch(
    /: facs lock release staging --hosts h1\n$/,
  );
});

it("what a host wrote into a lock steers nothing, and need not make sense", () => {
  const odd = { ...lock, owner: "\u001b[2J", run: "", reason: "$&", since: 1e300, until: Number.POSITIVE_INFINITY };
  expect(locksText(reportOf({ lock: odd }), style)).toBe(
    "! eu/h1   locked by \\u001b[2J ($&) since an unknown time, without an end\n",
  );
});

it("a release counts what it did and what it left", () => {
  const problem = new FacsimileError("HOST_UNREACHABLE", "h4 cannot be reached");
  const all = reportOf(
    { lock, outcome: "freed" },
    { lock, outcome: "kept" },
    { lock, outcome: "changed" },
    { problem },
  );
  expect(releasedText(all)).toBe(
    "staging: 1 lock freed, 1 lock kept, 1 lock changed hands or was renewed just before: look again with facs lock status staging, 1 host could not be asked\n",
  );
  expect(releasedText(reportOf({}))).toBe("staging: no lock freed\n");
});
