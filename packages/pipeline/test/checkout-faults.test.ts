import fs from "node:fs/promises";
import path from "node:path";
import { describe, expect } from "vitest";
import { checkout } from "../src/sources/checkout.ts";
import { itAsRoot, mounted, remounted } from "./mounted.ts";
import { contextOf, folder, repository } from "./world.ts";

async function world(root: string) {
  await repository(path.join(root, "sources/shop"), { text: "1.0.0", bulk: "x".repeat(3_000_000) }, "1.0.0");
  const take = (version: string) => checkout({ project: "shop", repo: "sources/shop", version }, contextOf(root));
  return { take };
}

describe("a disk", () => {
  itAsRoot("that is full stops a checkout, and it goes on when there is room", async () => {
    const root = await folder();
    const { take } = await world(root);
    await fs.mkdir(path.join(root, "SRC"));
    mounted(path.join(root, "SRC"), "size=1m");
    await expect(take("1.0.0")).rejects.toThrow(/[Nn]o space left|ENOSPC|Out of diskspace/);
    remounted(path.join(root, "SRC"), "size=64m");
    expect(await fs.readdir((await take("1.0.0")).dir)).toContain("bulk");
  });

  itAsRoot("that may not be written stops a checkout, and one that is there is used", async () => {
    const root = await folder();
    const { take } = await world(root);
    await fs.mkdir(path.join(root, "SRC"));
    mounted(path.join(root, "SRC"), "size=64m");
    const { dir } = await take("1.0.0");
    remounted(path.join(root, "SRC"), "ro");
    expect((await take("1.0.0")).dir).toBe(dir);
    await expect(take("main")).rejects.toThrow("EROFS");
  });
});
