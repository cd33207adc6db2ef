import fs from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { type DeployWorld, deployWorld, outcomes } from "./deploy-world.ts";
import { itAsRoot, mounted } from "./mounted.ts";

describe("a full disk of whoever deploys", () => {
  let shop: DeployWorld;
  beforeAll(async () => {
    shop = await deployWorld(["web1.eu", "web2.eu"]);
  });
  afterAll(() => shop.stopAll());

  itAsRoot(
    "before the first line of the journal stops the run, and no host was touched; later, the run ends well and tells",
    async () => {
      const runs = path.join(shop.root, "RELEASE/staging/runs");
      await fs.mkdir(runs, { recursive: true });
      mounted(runs, "size=8k");
      await fs.writeFile(path.join(runs, "filler"), Buffer.alloc(8192));
      await expect(shop.deploy()).rejects.toMatchObject({ code: "NO_SPACE", message: expect.stringMatching(/^the journal .* ENOSPC/) }); // biome-ignore format: one line
      expect(await shop.banners()).toEqual(["-", "-"]);
      expect(await fs.readdir(shop.fleet.hosts[0]?.home ?? "")).toEqual([]);

      await fs.rm(path.join(runs, "filler"));
      // This machine is every host: a command uses up the last of the disk, to the end of the journal's own page.
      const fill = `cd ${runs}; for file in *.jsonl; do head -c $((4096 - $(stat -c %s $file))) /dev/zero >> $file; done; head -c 4096 /dev/zero > filler`;
      await shop.define({ deploy: `precmd: { run: "${fill}", once: true },`, banner: "new" });
      const report = await shop.deploy();
      expect(outcomes(report)).toEqual({ "web1.eu": "done", "web2.eu": "done" });
      const warnings = shop.events.filter(({ type }) => type === "warning");
      expect(warnings).toEqual([expect.objectContaining({ message: expect.stringMatching(/^RELEASE\/staging\/runs\/\S+\.jsonl cannot be written: ENOSPC/) })]); // biome-ignore format: one line
      const noted = await fs.readFile(path.join(runs, `${report.run}.jsonl`), "utf8");
      expect(noted).toContain('"event":"staged"');
      expect(noted).not.toContain('"event":"switched"');
      expect(await shop.verify()).toEqual([]);
    },
  );
});
