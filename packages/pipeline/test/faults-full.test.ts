import { execFileSync } from "node:child_process";
import fs from "node:fs/promises";
import path from "node:path";
import { describe, expect, onTestFinished } from "vitest";
import { type DeployWorld, deployWorld, hooks, outcomes } from "./deploy-world.ts";
import { itAsRoot, mounted } from "./mounted.ts";

describe("a host whose disk fills up", { timeout: 60_000 }, () => {
  let shop: DeployWorld;

  /** One host, whose home for copies is a small file system. */
  async function smallHome(size: string): Promise<string> {
    shop = await deployWorld(["web1.eu"]);
    onTestFinished(() => shop.stopAll());
    const home = path.join(shop.fleet.hosts[0]?.home ?? "", "shop");
    await fs.mkdir(home);
    mounted(home, `size=${size}`);
    return home;
  }

  itAsRoot("goes back: a command that failed is not taken for one that went well", async () => {
    await smallHome("2m");
    // Whatever becomes free is taken at once.
    const takes = "(while [ ! -e $HOME/enough ]; do echo 0123456789 >> $HOME/shop/log; done) >/dev/null 2>&1 &";
    const fills = `'test "$(cat etc/banner)" = old || { ${takes} dd if=/dev/zero of=$HOME/shop/fill bs=4096 2>/dev/null || exit 7; }'`;
    const deploy = `postcmd: ${fills}, health: { run: 'test "$(cat etc/banner)" = old', retries: 0 },`;
    await shop.define({ deploy, banner: "old" });
    expect((await shop.deploy()).outcome).toBe("done");
    await shop.define({ deploy, banner: "new" });
    const report = await shop.deploy();
    await shop.mark("web1.eu", "enough");
    expect(report.hosts[0]?.problem?.message).toContain("exited 7");
    expect(report).toMatchObject({ outcome: "failed", hosts: [{ outcome: "failed", switched: "back" }] });
    expect(await shop.banners()).toEqual(["old"]);
  });

  itAsRoot("is cleared of what killed runs left half done, also where that is what fills it", async () => {
    const releases = path.join(await smallHome("8m"), "shop/releases");
    await shop.define({ deploy: hooks(), banner: "old" });
    expect((await shop.deploy()).outcome).toBe("done");
    const left = path.join(releases, `.${"a".repeat(64)}.partial`);
    await fs.mkdir(`${left}/tree`, { recursive: true });
    // It was linking what runs when it was killed.
    execFileSync("cp", ["-al", `${path.dirname(releases)}/current/.`, `${left}/tree`]);
    execFileSync("sh", ["-c", `dd if=/dev/zero of=${left}/pack bs=4096 2>/dev/null; truncate -s -8192 ${left}/pack`]);
    await shop.define({ deploy: hooks(), banner: "new" });
    const report = await shop.deploy();
    expect([report.hosts[0]?.problem?.message, outcomes(report)]).toEqual([undefined, { "web1.eu": "done" }]);
    expect(await fs.readdir(releases)).toHaveLength(2);
    expect(await shop.verify()).toEqual([]);
  });
});
