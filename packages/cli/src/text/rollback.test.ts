import { FacsimileError } from "@facsimile/core";
import type { HostReport, RollbackReport } from "@facsimile/pipeline";
import { expect, it } from "vitest";
import { rollbackText } from "./rollback.ts";
import { createStyle } from "./style.ts";

const style = await createStyle({ colour: false, unicode: false });
const goals = [
  { project: "shop", version: "1.0.0", release: "3f9c1e7aa" },
  { project: "till", version: "2.0.0", release: "9b01c44aa" },
];
const host = (name: string, outcome: HostReport["outcome"], problem?: FacsimileError): HostReport => ({ host: name, region: "eu", outcome, ...(problem && { problem }) }); // biome-ignore format: one line
const report = (hosts: readonly HostReport[], more: Partial<RollbackReport> = {}): RollbackReport => ({ schema: "rollback/1", run: "r", instance: "staging", outcome: "partial", projects: goals, hosts, rotated: [], defined: [], durationMs: 1, ...more }); // biome-ignore format: one line
const told = (of: RollbackReport) =>
  rollbackText(of, { style, command: "facs rollback staging --hosts web1,web2", given: " --hosts web1,web2" });

it("goes on by the releases, a command for each: typed later, it goes no further", () => {
  const text = told(report([host("web1", "done"), host("web2", "unreachable", new FacsimileError("GONE", "web2 is gone"))])); // biome-ignore format: one line
  expect(text).toContain(
    "  next         facs rollback staging shop 3f9c1e7 --hosts web1,web2\n               facs rollback staging till 9b01c44 --hosts web1,web2\n",
  );
});

it("goes on as it was typed where it is not known yet which releases", () => {
  const lost = host("web2", "unreachable", new FacsimileError("GONE", "web2 is gone", { hint: "Is it up?" }));
  expect(told(report([lost], { outcome: "failed", projects: [] }))).toContain("then: facs rollback staging --hosts web1,web2\n"); // biome-ignore format: one line
});

it("advises the hosts that were chosen, and no others", () => {
  const defined = [{ project: "shop", version: "1.1.0", position: undefined }];
  const rotated = [{ project: "shop", version: "1.0.0", secrets: ["passwd/shop"] }];
  const text = told(report([host("web1", "done"), host("web2", "done")], { outcome: "done", defined, rotated }));
  expect(text).toContain("to stay with 1.0.0: facs deploy staging shop@1.0.0 --hosts web1,web2\n");
  expect(text).toContain("with those of now: facs deploy staging shop@1.0.0 --hosts web1,web2\n");
});

it("says what the next deploy would bring back also where commands wrote into every copy", () => {
  const defined = [{ project: "shop", version: "1.1.0", position: undefined }];
  const changed = { ...host("web1", "failed", new FacsimileError("COPY_CHANGED", "web1 holds no exact copy of shop any more")), switched: "kept" as const }; // biome-ignore format: one line
  expect(told(report([changed], { defined }))).toContain("shop 1.1.0, and the next deploy would bring it back\n");
  expect(told(report([host("web1", "failed")], { defined }))).not.toContain("bring it back");
});

it("offers no option that only a deploy has", () => {
  const strange = new FacsimileError("NOT_ADOPTED", "web2: it holds files", { hint: "Take it away." });
  const text = told(report([host("web1", "not tried"), host("web2", "failed", strange)], { outcome: "failed" }));
  expect(text).toMatch(/then: facs rollback staging shop 3f9c1e7 --hosts web1,web2\n/);
  expect(text).not.toMatch(/--adopt|or, to/);
});

it("does not send anybody to try again what cannot be", () => {
  const torn = new FacsimileError("ROLLBACK_IMPOSSIBLE", "web2 is torn", { hint: "facs deploy staging shop@1.0.0" });
  const text = told(report([host("web1", "not tried"), host("web2", "failed", torn)], { outcome: "failed" }));
  expect(text).toContain("  next     facs deploy staging shop@1.0.0\n");
  expect(text).not.toContain("rollback");
});

it("does not say that a deploy would bring back what still runs, also where some host had gone back before", () => {
  const defined = [{ project: "shop", version: "1.1.0", position: undefined }];
  const torn = new FacsimileError("ROLLBACK_IMPOSSIBLE", "web2 is torn", { hint: "facs deploy staging shop@1.0.0" });
  const hosts = [host("web1", "unchanged"), host("web2", "failed", torn)];
  expect(told(report(hosts, { outcome: "failed", defined }))).not.toMatch(/bring it back|to stay with/);
  expect(told(report(hosts, { outcome: "partial", defined }))).toMatch(/bring it back/);
});
