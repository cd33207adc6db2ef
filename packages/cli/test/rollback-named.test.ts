import fs from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type FleetWorld, fleetWorld } from "./world.ts";

let shop: FleetWorld;
beforeAll(async () => {
  shop = await fleetWorld();
  for (const args of [[], ["storefront@1.1.0"]])
    expect(await shop.facs("deploy", "staging", ...args, "--yes")).toMatchObject({ code: 0 });
});
afterAll(() => shop.remove());

it("to a release goes on without a host that has nothing of its project, whether the project is named or not", async () => {
  const history = path.join(shop.hostHome("web1.eu"), "shop/.facsimile/storefront/history.jsonl");
  const { release } = JSON.parse((await fs.readFile(history, "utf8")).split("\n")[0] ?? "");
  await shop.fleet.stop("db1.eu");
  const { code, stdout, stderr } = await shop.facs("rollback", "staging", release.slice(0, 7), "--yes");
  expect(stderr).not.toContain("db1.eu");
  expect(stdout).toContain("all 5 hosts hold exactly their copy of storefront 1.0.0");
  expect(code).toBe(0);
  const unknown = await shop.facs("rollback", "staging", "0000000", "--yes");
  expect(unknown.stdout + unknown.stderr).toContain("db1.eu");
  expect(unknown.code).toBe(1);
});
