import fs from "node:fs/promises";
import path from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { checkout } from "../src/sources/checkout.ts";
import { contextOf, folder, git, repository } from "./world.ts";

async function world(root: string) {
  await repository(path.join(root, "sources/shop"), { text: "1.0.0", bulk: "x".repeat(3_000_000) }, "1.0.0");
  const take = (version: string) => checkout({ project: "shop", repo: "sources/shop", version }, contextOf(root));
  return { take };
}

describe("a disk", () => {
  it("that is full stops a checkout, and it goes on when there is room", async () => {
    const root = await folder();
    const { take } = await world(root);
    await fs.mkdir(path.join(root, "SRC"));
    await mounted(path.join(root, "SRC"), "size=1m");
    await expect(take("1.0.0")).rejects.toThrow(/[Nn]o space left|ENOSPC|Out of diskspace/);
    git(root, "-c", "alias.remount=!mount -o remount,size=64m SRC", "remount");
    expect(await fs.readdir((await take("1.0.0")).dir)).toContain("bulk");
  });

  it("that may not be written stops a checkout, and one that is there is used", async () => {
    const root = await folder();
    const { take } = await world(root);
    await fs.mkdir(path.join(root, "SRC"));
    await mounted(path.join(root, "SRC"), "size=64m");
    const { dir } = await take("1.0.0");
    git(root, "-c", "alias.remount=!mount -o remount,ro SRC", "remount");
    expect((await take("1.0.0")).dir).toBe(dir);
    await expect(take("main")).rejects.toThrow("EROFS");
  });
});

/** A file system in memory of its own. It needs root, as in a container: elsewhere the run fails and says so. */
async function mounted(dir: string, options: string): Promise<void> {
  git(path.dirname(dir), "-c", `alias.mount=!mount -t tmpfs -o ${options} none ${path.basename(dir)}`, "mount");
  onTestFinished(() => void git(path.dirname(dir), "-c", `alias.umount=!umount ${path.basename(dir)}`, "umount"));
}
