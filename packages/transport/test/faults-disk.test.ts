import fs from "node:fs/promises";
import { manifestOf } from "@facsimile/manifest";
import { readTree, tree } from "@facsimile/testing";
import { afterAll, expect, it } from "vitest";
import { itAsRoot, mounted, remounted } from "../../pipeline/test/mounted.ts";
import { deploy, hostsFor, login, place, treeOfFiles } from "./world.ts";

/** Asked for free space it says that there is plenty, as a disk does that others fill meanwhile. */
const LYING = `#!/bin/sh\n[ "$1" = -f ] && { echo 1000000 4096 1000000; exit; }\nexec /usr/bin/stat "$@"\n`;

const lying = await tree({ stat: { content: LYING, mode: 0o755 } }, { onFinished: afterAll });
const hosts = await hostsFor(["bytes", "inodes", "readonly"], (name) =>
  name === "readonly" ? {} : { PATH: `${lying}:/usr/bin:/bin` },
);

const files = (word: string) => Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`d${i % 3}/${i}`, word.repeat(i % 2 ? 3000 : 1)])); // biome-ignore format: one line

itAsRoot.each([
  { what: "bytes", options: (n: number) => `size=${48 + 8 * n}k`, fixed: "nr_inodes=1k" },
  { what: "inodes", options: (n: number) => `nr_inodes=${24 + n}`, fixed: "size=8m" },
])(
  "a disk that fills up, with too few $what at any step: NO_SPACE, what runs still runs, and room is all it takes",
  { timeout: 60_000 },
  async ({ what, options, fixed }) => {
    const session = await login(hosts, what);
    const home = `${session.userHome}/shop`;
    await fs.mkdir(home);
    mounted(home, `${options(0)},${fixed},mode=755`);
    const attempt = async (run: string, word: string) => {
      const lock = await session.lock({ home: "shop", owner: "Ann", run });
      try {
        await deploy(lock, word === "first" ? await treeOfFiles({ a: word }) : await treeOfFiles(files(word)), { run });
      } finally {
        await lock.unlock();
      }
    };
    await attempt("first", "first");
    let failures = 0;
    for (let n = 1; n < 60; n++) {
      const error = await attempt(`run-${n}`, "next").catch((told: unknown) => told);
      if (error === undefined) break;
      failures++;
      expect(error, `${n}`).toMatchObject({ code: "NO_SPACE" });
      const current = await readTree(`${home}/storefront/current/`);
      if (Object.keys(current).length > 1) expect(current).toMatchObject({ "d1/1": `file 644 ${"next".repeat(3000)}` });
      else expect(current).toEqual({ a: "file 644 first" });
      remounted(home, options(n));
    }
    expect(failures).toBeGreaterThan(3);
    expect((await session.list(place)).manifest).toEqual(await manifestOf(await treeOfFiles(files("next"))));
    expect((await fs.readdir(`${home}/storefront/releases`)).filter((name) => name.startsWith("."))).toEqual([]);
  },
);

itAsRoot(
  "a home that can only be read: what runs still runs, looking works, and a change says what is wrong",
  async () => {
    const session = await login(hosts, "readonly");
    const home = `${session.userHome}/shop`;
    await fs.mkdir(home);
    mounted(home, "size=4m,mode=755");
    const lock = await session.lock({ home: "shop", owner: "Ann", run: "r" });
    const staged = await deploy(lock, await treeOfFiles({ a: "1" }));
    remounted(home, "ro");
    const words = expect.stringMatching(/^readonly: .*Read-only file system/);
    await expect(deploy(lock, await treeOfFiles({ a: "2" }))).rejects.toMatchObject({
      code: "HOST_FAILED",
      message: words,
    });
    await expect(lock.switch(place, undefined)).rejects.toMatchObject({ code: "HOST_FAILED", message: words });
    await lock.unlock();
    expect(await session.probe(place)).toMatchObject({ current: { dir: staged.dir }, snapshot: "same", lock: { owner: "Ann" } }); // biome-ignore format: one line
    remounted(home, "rw");
    await lock.unlock();
    remounted(home, "ro");
    await expect(session.lock({ home: "shop", owner: "Bob", run: "s" })).rejects.toMatchObject({ code: "HOST_FAILED", message: words }); // biome-ignore format: one line
    remounted(home, "rw");
    const next = await session.lock({ home: "shop", owner: "Bob", run: "s" });
    await deploy(next, await treeOfFiles({ a: "2" }));
    await next.unlock();
    expect(await fs.readFile(`${home}/storefront/current/a`, "utf8")).toBe("2");
  },
);

it("a line of the history that was cut, as by a full disk, takes no later one with it", async () => {
  const session = await login(hosts, "bytes");
  const home = { ...place, home: "other" };
  const lock = await session.lock({ home: "other", owner: "Ann", run: "r" });
  const entry = (run: string) => ({ release: "r", dir: "d", version: "1", run, by: "Ann", at: "", action: "deploy" });
  const nodes = await treeOfFiles({ a: "1" });
  await lock.stage(home, { tree: nodes, manifest: await manifestOf(nodes), run: "r" });
  await lock.confirm(home, { entry: entry("one") });
  await fs.appendFile(`${session.userHome}/other/.facsimile/storefront/history.jsonl`, '{"facsimile":"history/1","rel');
  await lock.confirm(home, { entry: entry("two") });
  await lock.unlock();
  expect((await session.probe(home)).history.map(({ run }) => run)).toEqual(["one", "two"]);
});
