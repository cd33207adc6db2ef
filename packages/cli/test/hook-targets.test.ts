import fs from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type FleetWorld, fleetWorld, HOSTS } from "./world.ts";

const POSTCMD = `[
      { target: "database", run: 'echo "all $(cat etc/storefront.ini | grep -c again)" >> $HOME/ran' },
      { target: "database", once: true, run: "echo once >> $HOME/ran" },
    ]`;

/** The storefront is of the target frontend alone; db1.us is of both. */
describe("a command for a target that its project does not have", { timeout: 120_000 }, () => {
  let shop: FleetWorld;
  const ran = () =>
    Promise.all(HOSTS.map((host) => fs.readFile(path.join(shop.hostHome(host), "ran"), "utf8").catch(() => "")));
  const mine = (text: string) => ["", "", "", "", "", text];
  beforeAll(async () => {
    shop = await fleetWorld();
    await shop.edit("define/storefront.json5", '"./bin/restart"', POSTCMD);
    await shop.edit(
      "define/storefront.json5",
      'health: { run: ["./bin/health"], retries: 5, interval: 1 }',
      'health: { run: ["sh", "-c", "test ! -e \\"$HOME/unwell\\""], retries: 0 }',
    );
  }, 120_000);
  afterAll(() => shop.remove());

  it("runs where the plan says: on the hosts of this target that the project lies on", async () => {
    const { stdout } = await shop.facs("plan", "staging");
    expect(stdout).toMatch(/storefront on database {2}1 host {2,}echo "all /);
    expect(stdout).toMatch(/storefront on database {2}once, on db1\.us {2,}echo once/);
    expect((await shop.facs("deploy", "staging", "--yes")).code).toBe(0);
    expect(await ran()).toEqual(mine("all 0\nonce\n"));
  });

  it("runs there on the way back, too", async () => {
    await fs.writeFile(path.join(shop.hostHome("web1.us"), "unwell"), "");
    await shop.edit("define/staging.json5", "hello from staging", "hello again");
    expect((await shop.facs("deploy", "staging", "--yes")).code).toBe(1);
    expect(await ran()).toEqual(mine("all 0\nonce\nall 1\nonce\nall 0\nonce\n"));
  });
});
