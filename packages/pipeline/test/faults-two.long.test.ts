import fs from "node:fs/promises";
import path from "node:path";
import { effort } from "@facsimile/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { deploy } from "../src/deploy/deploy.ts";
import type { DeployReport } from "../src/deploy/reports.ts";
import { contextAt } from "./context-at.ts";
import { type DeployWorld, deployWorld } from "./deploy-world.ts";

const NAMES = ["web1.eu", "web2.eu"];
/** What the one who loses reads. */
const LOST = ["LOCK_HELD", "HOST_MOVED", "LOCK_LOST"];

describe("two operators who deploy at once", () => {
  let shop: DeployWorld;
  let bob: string;
  beforeAll(async () => {
    shop = await deployWorld(NAMES);
    expect((await shop.deploy()).outcome).toBe("done");
    bob = path.join(shop.fleet.dir, "bob");
    await fs.cp(shop.root, bob, { recursive: true });
  });
  afterAll(() => shop.stopAll());

  it("leave the whole release of one of them, and the other is told, or went after", {
    timeout: 1_200_000,
  }, async () => {
    const ends: string[] = [];
    for (let round = 0; round < effort({ short: 5, long: 50 }); round++) {
      const [mine, his] = [`ann ${round}`, `bob ${round}`];
      await shop.define({ banner: mine });
      const text = await fs.readFile(path.join(shop.root, "define/staging.json5"), "utf8");
      await fs.writeFile(path.join(bob, "define/staging.json5"), text.replace(mine, his));
      const context = { ...contextAt(bob), sshConfig: shop.fleet.sshConfig, now: () => new Date(), owner: "bob@there" };
      const theirs = () => deploy({ instance: "staging", yes: true }, context);
      const reports = await Promise.all([shop.deploy(), theirs()]);
      const winners = [mine, his].filter((_, i) => reports[i]?.outcome === "done");
      expect(winners.length, `round ${round}: ${reports.map(told)}`).toBeGreaterThan(0);
      for (const report of reports.filter(({ outcome }) => outcome !== "done")) {
        expect(report.outcome, told(report)).toBe("failed");
        expect(
          LOST.some((code) => told(report).includes(code)),
          told(report),
        ).toBe(true);
      }
      const banners = await shop.banners();
      expect(new Set(banners).size, `round ${round}`).toBe(1);
      expect(winners).toContain(banners[0]);
      // Every byte is what one of them signed, and neither holds a lock.
      expect(await shop.verify(), `round ${round}`).toEqual([]);
      for (const { home } of shop.fleet.hosts) expect(await fs.readdir(path.join(home, "shop/.facsimile"))).not.toContain("lock"); // biome-ignore format: one line
      ends.push(winners.join(" and "));
    }
    expect(ends.some((end) => !end.includes(" and "))).toBe(true);
  });
});

function told({ outcome, hosts }: DeployReport): string {
  return `${outcome} (${hosts.map(({ problem }) => problem?.code ?? "-").join(", ")})`;
}
