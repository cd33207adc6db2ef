import { type FacsimileError, parseInstance, problemsOf } from "@facsimile/core";
import type { Definition, Host } from "@facsimile/definitions";
import { expect, it } from "vitest";
import { assertSomeUp, chooseHosts, type HostFilter } from "./chosen-hosts.ts";

const hosts = [
  { name: "web1.eu", region: "eu", targets: ["frontend"] },
  { name: "db1.eu", region: "eu", targets: ["database"] },
  { name: "web1.us", region: "us", targets: ["frontend", "database"] },
  { name: "web2.us", region: "us", targets: ["frontend"], down: "moving house" },
] as unknown as Host[];

const definition = {
  instance: parseInstance("staging"),
  hosts,
  values: { regions: { eu: {}, us: {}, ap: {} }, deploy: { nodes: { frontend: [], database: [], queue: [] } } },
} as unknown as Definition;

const wanted = { hosts: hosts.slice(0, 3), down: hosts.slice(3) };

function chosen(filter: HostFilter): string {
  const { hosts: up, down } = chooseHosts(wanted, { filter, definition });
  return [...up.map(({ name }) => name), ...down.map(({ name }) => `(${name})`)].join(" ");
}

function refused(filter: HostFilter): string[] {
  try {
    return [chosen(filter)];
  } catch (error) {
    return problemsOf(error as FacsimileError).map(({ code, message, hint }) => `${code} ${message} [${hint}]`);
  }
}

it("leaves all where nothing is asked, and what every list has, in the order of the hosts", () => {
  expect(chosen({})).toBe("web1.eu db1.eu web1.us (web2.us)");
  expect(chosen({ hosts: ["web1.us", "web1.eu", "web1.us"] })).toBe("web1.eu web1.us");
  expect(chosen({ targets: ["database"] })).toBe("db1.eu web1.us");
  expect(chosen({ regions: ["us", "eu"], targets: ["frontend"] })).toBe("web1.eu web1.us (web2.us)");
  expect(chosen({ hosts: ["web1.us", "db1.eu"], targets: ["database"], regions: ["us"] })).toBe("web1.us");
});

it("tells every name that is not there at once, with the nearest", () => {
  expect(refused({ hosts: ["web1.ue", "zzz"], targets: ["databas"], regions: ["uk"] })).toEqual([
    'UNKNOWN_HOST staging has no host "web1.ue" [Did you mean web1.eu?]',
    'UNKNOWN_HOST staging has no host "zzz" [It has web1.eu, db1.eu, web1.us, web2.us.]',
    'UNKNOWN_TARGET staging has no target "databas" [Did you mean database?]',
    'UNKNOWN_REGION staging has no region "uk" [Did you mean us?]',
  ]);
});

it("refuses to leave nothing: an empty list is not no list", () => {
  const hint = "[Its hosts, targets and regions: facs list staging]";
  expect(refused({ hosts: ["web1.eu"], regions: ["us"] })).toEqual([
    `NO_HOSTS staging has no host with all of: --hosts web1.eu --regions us ${hint}`,
  ]);
  expect(refused({ targets: ["queue"] })).toEqual([
    `NO_HOSTS staging has no host with all of: --targets queue ${hint}`,
  ]);
  expect(refused({ hosts: [] })).toEqual([`NO_HOSTS staging has no host with all of: --hosts  ${hint}`]);
});

it("says of hosts that are declared down why they are", () => {
  expect(refused({ hosts: ["web2.us"] })[0]).toMatch(
    /^NO_HOSTS what was chosen of staging is declared down: web2\.us \(moving house\)/,
  );
});

it("takes no host at all for nothing that could be well", () => {
  expect(() => assertSomeUp(wanted, "staging")).not.toThrow();
  expect(() => assertSomeUp({ hosts: [], down: wanted.down }, "staging")).toThrow("staging has no host that is not declared down: web2.us (moving house)"); // biome-ignore format: one line
  expect(() => assertSomeUp({ hosts: [], down: [] }, "staging")).toThrow("staging has no hosts for these projects");
});

it("says of hosts that others than the wanted projects are on them", () => {
  const projects = [{ project: "storefront" }];
  const shop = { projects, hosts: hosts.filter(({ name }) => name !== "db1.eu"), down: [] };
  expect(() => chooseHosts(shop, { filter: { hosts: ["db1.eu"] }, definition })).toThrow(
    "none of the hosts that were chosen of staging runs storefront: db1.eu",
  );
  expect(() => chooseHosts(shop, { filter: { hosts: ["web1.eu"], targets: ["queue"] }, definition })).toThrow(
    "no host with all of",
  );
});
