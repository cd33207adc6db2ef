import fs from "node:fs/promises";
import path from "node:path";
import { tree } from "@facsimile/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type DeployWorld, deployWorld, outcomes } from "./deploy-world.ts";

const ROLLING = `policy: "rolling", maxFailures: 1,`;

describe.each(["releases", "mirror"])(
  "a file that is edited between the plan and the lock, with the strategy %s",
  { timeout: 60_000 },
  (strategy) => {
    let shop: DeployWorld;
    const BANNER = strategy === "mirror" ? "shop/etc/banner" : "shop/shop/current/etc/banner";
    /** A host where somebody edits a file, or only writes beside what was deployed, right before it is locked. */
    const MV = `#!/bin/sh
case "$*" in */shop/.facsimile/lock)
  [ ! -e "$HOME/edit" ] || echo edited >> "$HOME/${BANNER}"
  [ ! -e "$HOME/log" ] || echo line >> "$HOME/shop/shop/current/app.log"
  [ ! -e "$HOME/beside" ] || echo mine >> "$HOME/shop/mine" ;; esac
exec /bin/mv "$@"
`;
    beforeAll(async () => {
      const bin = await tree({ mv: { content: MV, mode: 0o755 } }, { onFinished: afterAll });
      shop = await deployWorld(["web1.eu", "web2.eu"], { env: () => ({ PATH: `${bin}:${process.env["PATH"]}` }) });
    });
    afterAll(() => shop.stopAll());

    const deploy = async (banner: string, more = "") => {
      await shop.define({ banner, deploy: `strategy: "${strategy}", ${ROLLING} ${more}` });
      return await shop.deploy();
    };

    it.each(["which is sent", "which lies there already"])(
      "is not overwritten by a release %s: the run stops",
      async (how) => {
        for (const banner of ["one", "two"]) expect((await deploy(banner)).outcome).toBe("done");
        await shop.mark("web2.eu", "edit");
        const report = await deploy(how === "which is sent" ? "three" : "one");
        await shop.mark("web2.eu", "edit", false);
        expect(outcomes(report)).toEqual({ "web1.eu": "not tried", "web2.eu": "failed" });
        expect(report.hosts[1]?.problem).toMatchObject({ code: "HOST_MOVED", message: "web2.eu: somebody else changed shop there meanwhile" }); // biome-ignore format: one line
        expect(await shop.read("web2.eu", BANNER)).toBe("twoedited\n");
        expect((await deploy("three")).outcome).toBe("done");
        expect(await shop.read("web2.eu", BANNER)).toBe("three");
        expect(await shop.verify()).toEqual([]);
      },
    );

    if (strategy === "releases")
      it("is a program's own where it is declared as mutable", async () => {
        for (const banner of ["five", "six"]) {
          await shop.mark("web2.eu", "log", banner === "six");
          expect((await deploy(banner, `mutable: ["app.log"],`)).outcome).toBe("done");
        }
        await shop.mark("web2.eu", "log", false);
      });

    it("is another's business where it lies beside what was deployed", async () => {
      await shop.mark("web2.eu", "beside");
      expect((await deploy("four")).outcome).toBe("done");
      expect(await fs.readFile(path.join(shop.fleet.hosts[1]?.home ?? "", "shop/mine"), "utf8")).toBe("mine\n");
    });
  },
);
