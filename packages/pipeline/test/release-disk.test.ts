import fs from "node:fs/promises";
import path from "node:path";
import { expect } from "vitest";
import { releaseFolder } from "../src/release/layout.ts";
import { seal } from "../src/release/seal.ts";
import { itAsRoot, mounted, remounted } from "./mounted.ts";
import { copyFor, hostOf, sealWorld } from "./release-world.ts";
import { folder, write } from "./world.ts";

itAsRoot.each([
  { what: "bytes", options: (n: number) => `size=${4 * n}k`, fixed: "nr_inodes=1k" },
  { what: "inodes", options: (n: number) => `nr_inodes=${n + 1}`, fixed: "size=1m" },
])(
  "a release is whole or not there on a disk with too few $what, and the failure names the disk",
  async ({ options, fixed }) => {
    const context = await sealWorld();
    const releases = path.join(context.root, "RELEASE");
    await fs.mkdir(releases);
    const files = Object.fromEntries([1, 2, 3, 4, 5].map((n) => [`dir${n}/file`, `${n}`.repeat(5000 * n)]));
    const copy = copyFor([await hostOf("web1", { dir: await write(await folder(), files) })]);
    mounted(releases, `${options(1)},${fixed}`);
    let failures = 0;
    for (let n = 2; ; n++) {
      const sealed = await seal(copy, context).catch((error: unknown) => error);
      if (!(sealed instanceof Error)) break;
      failures++;
      expect(sealed, `${n}`).toMatchObject({
        code: "NO_SPACE",
        message: expect.stringMatching(/^RELEASE\/dev\/shop cannot be written: ENOSPC: no space left on device/),
        hint: expect.stringContaining(`Make room on the disk of ${releases}`),
      });
      const left = await fs.readdir(releases, { recursive: true });
      expect(["dev", "dev/shop"]).toEqual(expect.arrayContaining(left));
      remounted(releases, options(n));
    }
    expect(failures).toBeGreaterThan(10);
    expect(await fs.readdir(path.dirname(releaseFolder(copy, context)))).toEqual([copy.id]);
    expect((await seal(copy, context)).isOld).toBe(true);
  },
);
