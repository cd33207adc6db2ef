import fs from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { tree } from "@facsimile/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type DeployWorld, deployWorld, outcomes } from "./deploy-world.ts";
import { write } from "./world.ts";

const NAMES = ["web1.eu", "web2.eu"];

/** A host that tells something newer right when it was locked, or is slow to be. */
const MV = `#!/bin/sh
case "$*" in
*/till-home/.facsimile/lock)
  [ ! -e "$HOME/newer" ] || echo '{"facsimile":"deployed/9"}' > "$HOME/shop/.facsimile/.state.staging"
  [ ! -e "$HOME/slow" ] || { touch "$HOME/at-lock"; sleep 1; } ;; esac
exec /bin/mv "$@"
`;

describe.each(["releases", "mirror"])(
  "projects of one host in two homes, with the strategy %s",
  { timeout: 60_000 },
  (strategy) => {
    let shop: DeployWorld;
    /** Below a home. */
    const BANNER = strategy === "mirror" ? "etc/banner" : "*/current/etc/banner";
    beforeAll(async () => {
      const bin = await tree({ mv: { content: MV, mode: 0o755 } }, { onFinished: afterAll });
      shop = await deployWorld(NAMES, { projects: ["till", "shop"], env: () => ({ PATH: `${bin}:${process.env["PATH"]}` }) }); // biome-ignore format: one line
      await write(shop.root, { "define/till.json5": '{ home: "till-home" }' });
    });
    beforeEach(async () => {
      await define("old");
      expect((await shop.deploy()).outcome).toMatch(/done|unchanged/);
      for (const host of NAMES) await shop.mark(host, "trace", false);
    });
    afterAll(() => shop.stopAll());

    /** With a command of each project that fails where the host's home has the file `bad-<project>-<banner>`. */
    const define = (banner: string, more = "") =>
    shop.define({ banner, deploy: `postcmd: 'b=$(cat etc/banner); echo "$FACS_PROJECT $b $(cat $HOME/*/${BANNER})" >> $HOME/trace; test ! -e $HOME/bad-$FACS_PROJECT-$b', strategy: "${strategy}", ${more}` }); // biome-ignore format: one line

    /** What a host runs of both projects, and the locks that it still has. */
    async function held(host: string): Promise<readonly (string | undefined)[]> {
      const files = ["till", "shop"].map(
        (name) => `${name === "till" ? "till-home" : name}/${BANNER.replace("*", name)}`,
      );
      const locks = ["till-home", "shop"].map((home) => `${home}/.facsimile/lock`);
      const run = shop.fleet.hosts.find(({ name }) => name === host)?.home ?? "";
      const there = await Promise.all(locks.map((lock) => isThere(path.join(run, lock))));
      return [...(await Promise.all(files.map((file) => shop.read(host, file)))), ...locks.filter((_, i) => there[i])];
    }

    it.each(["together", "rolling"])("are locked, switched and freed in one run: %s", async (policy) => {
      await define(policy, `policy: "${policy}",`);
      expect((await shop.deploy()).outcome).toBe("done");
      for (const host of NAMES) expect(await held(host)).toEqual([policy, policy]);
      expect(await shop.verify()).toEqual([]);
      if (strategy === "mirror") return; // It holds nothing to go back to.
      expect((await shop.rollback()).outcome).toBe("done");
      for (const host of NAMES) expect(await held(host)).toEqual(["old", "old"]);
    });

    it("go back both where a command of one fails, before any old command runs", async () => {
      await shop.mark("web2.eu", "bad-shop-new");
      await define("new");
      const report = await shop.deploy();
      expect(outcomes(report)).toEqual({ "web1.eu": "reverted", "web2.eu": "failed" });
      for (const host of NAMES) expect(await held(host)).toEqual(["old", "old"]);
      expect(await shop.read("web2.eu", "trace")).toBe("till new oldnew\nshop new newnew\nshop old oldold\ntill old oldold\n"); // biome-ignore format: one line
      await shop.mark("web2.eu", "bad-shop-new", false);
    });

    it("go back both where also an old command fails on the way, which is told", async () => {
      for (const file of ["bad-shop-new", "bad-shop-old"]) await shop.mark("web2.eu", file);
      await define("new");
      const report = await shop.deploy();
      expect(report.hosts.find(({ host }) => host === "web2.eu")).toMatchObject({
        outcome: "failed",
        problem: {
          code: "NOT_REVERTED",
          message: expect.stringMatching(/web2\.eu could not be taken back: [\s\S]*exited 1/),
        },
      });
      for (const host of NAMES) expect(await held(host)).toEqual(["old", "old"]);
      expect(await shop.read("web2.eu", "trace")).toContain("till old oldold");
      for (const file of ["bad-shop-new", "bad-shop-old"]) await shop.mark("web2.eu", file, false);

      // It runs the old release, whose command failed there: the next run does not take that for well.
      const trace = await shop.read("web2.eu", "trace");
      await define("old");
      expect(outcomes(await shop.deploy())).toEqual({ "web1.eu": "unchanged", "web2.eu": "done" });
      expect(await shop.read("web2.eu", "trace")).toBe(`${trace}shop old oldold\n`);
      expect((await shop.deploy()).outcome).toBe("unchanged");
    });

    it("are freed where the host cannot be looked at once it is locked", async () => {
      await shop.mark("web1.eu", "newer");
      await define("new");
      const report = await shop.deploy();
      expect(report.hosts[0]).toMatchObject({ outcome: "failed", problem: { code: "HOST_FORMAT_NEWER" } });
      for (const host of NAMES) expect(await held(host)).toEqual(["old", "old"]);
      await shop.mark("web1.eu", "newer", false);
      await shop.mark("web1.eu", "shop/.facsimile/.state.staging", false);
    });

    it("are freed where the run is stopped while it locks them", async () => {
      await shop.mark("web1.eu", "slow");
      await define("new");
      const stop = new AbortController();
      const running = shop.deploy({}, stop.signal);
      while ((await shop.read("web1.eu", "at-lock")) === undefined) await sleep(20);
      stop.abort();
      expect((await running).outcome).toBe("failed");
      for (const host of NAMES) expect(await held(host)).toEqual(["old", "old"]);
      await shop.mark("web1.eu", "slow", false);
    });
  },
);

async function isThere(file: string): Promise<boolean> {
  return fs.access(file).then(() => true, () => false); // biome-ignore format: one line
}
