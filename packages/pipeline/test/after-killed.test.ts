import fs from "node:fs/promises";
import path from "node:path";
import { tree } from "@facsimile/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type DeployWorld, deployWorld, hooks } from "./deploy-world.ts";

/** A host where, if its home has the file `edit`, somebody edits what runs right before the lock. */
const MV = `#!/bin/sh
case "$*" in */shop/.facsimile/lock) [ ! -e "$HOME/edit" ] || echo edited >> "$HOME/shop/shop/current/etc/banner" ;; esac
exec /bin/mv "$@"
`;

describe("a deploy after one that was killed", { timeout: 60_000 }, () => {
  let shop: DeployWorld;
  let known: string;
  beforeAll(async () => {
    const bin = await tree({ mv: { content: MV, mode: 0o755 } }, { onFinished: afterAll });
    shop = await deployWorld(["web1.eu"], { env: () => ({ PATH: `${bin}:${process.env["PATH"]}` }) });
    known = path.join(shop.fleet.hosts[0]?.home ?? "", "shop/.facsimile/shop");
  });
  beforeEach(async () => {
    await fs.rm(path.dirname(path.dirname(known)), { recursive: true, force: true });
    for (const file of ["unwell", "edit", "trace"]) await shop.mark("web1.eu", file, false);
  });
  afterAll(() => shop.stopAll());

  async function deployed(banner: string, deploy = hooks()) {
    await shop.define({ deploy, banner });
    expect((await shop.deploy()).outcome).toBe("done");
  }

  /** As a run leaves it that was killed on its way back, before the old commands ended. */
  const unsettle = () => fs.writeFile(path.join(known, "unsettled"), "x");

  it("goes back to what ran before that, where it fails itself: a mirror's home that is torn", async () => {
    const deploy = `strategy: "mirror", postcmd: 'cat etc/banner >> $HOME/trace', health: { run: 'test ! -e $HOME/unwell', retries: 0 },`;
    await deployed("old", deploy);
    const running = path.basename(await fs.readlink(path.join(known, "tree")));
    const release = await fs.readlink(path.join(known, "current"));
    await tree(
      { from: `${running}\n${release}\n`, to: `${"a".repeat(64)}~killed\n` },
      { root: `${known}/undo/killed` },
    );
    await shop.define({ deploy, banner: "new" });
    await shop.mark("web1.eu", "unwell");
    expect(await shop.deploy()).toMatchObject({ outcome: "failed", hosts: [{ outcome: "failed", switched: "back", problem: { code: "UNHEALTHY" } }] }); // biome-ignore format: one line
    expect(await shop.read("web1.eu", "shop/etc/banner")).toBe("old");
    expect(await shop.read("web1.eu", "trace")).toBe("oldnewold");
    expect(path.basename(await fs.readlink(path.join(known, "tree")))).toBe(running);
  });

  it("does not take for well what fails, however often: what runs already cannot be gone back from", async () => {
    await deployed("old");
    await unsettle();
    await shop.mark("web1.eu", "unwell");
    for (const _ of ["once", "again"]) {
      const [host] = (await shop.deploy()).hosts;
      expect(host).toMatchObject({ outcome: "failed", problem: { code: "UNHEALTHY" } });
      expect(host?.switched).toBeUndefined();
    }
    await shop.mark("web1.eu", "unwell", false);
    expect((await shop.deploy()).outcome).toBe("done");
    expect((await shop.deploy()).outcome).toBe("unchanged");
  });

  it("as a rollback comes to the end of the way back, and goes no further", async () => {
    await deployed("one");
    await deployed("two");
    await unsettle();
    expect(await shop.rollback()).toMatchObject({ outcome: "done" });
    expect(await shop.banners()).toEqual(["two"]);
    expect(await shop.rollback()).toMatchObject({ outcome: "done" });
    expect(await shop.banners()).toEqual(["one"]);
  });

  it("notices an edit between its look and the lock also where no file stays the same", async () => {
    const file = path.join(shop.root, "define/facsimile.json5");
    await fs.writeFile(file, (await fs.readFile(file, "utf8")).replace(/install: .*/, ""));
    await deployed("one");
    await shop.mark("web1.eu", "edit");
    await shop.define({ deploy: hooks(), banner: "two" });
    const [host] = (await shop.deploy({ projects: ["shop@2"] })).hosts;
    expect(host).toMatchObject({ outcome: "failed", problem: { code: "HOST_MOVED" } });
    expect(await shop.banners()).toEqual(["oneedited\n"]);
  });
});
