import fs from "node:fs/promises";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { type CheckoutRequest, checkout } from "../src/sources/checkout.ts";
import { commit, contextOf, folder, repository, write } from "./world.ts";

async function world() {
  const root = await folder();
  const repo = await repository(path.join(root, "sources/shop"), { "bin/run": "echo 1\n", "sub/a": "a\n" }, "1.0.0");
  const context = contextOf(root);
  const request: CheckoutRequest = { project: "shop", repo: "sources/shop", version: "1.0.0" };
  return { root, repo, context, request };
}

describe("checkout", () => {
  it("puts a tag's files into SRC, once", async () => {
    const { root, context, request } = await world();
    const first = await checkout(request, context);
    expect(first.dir).toBe(path.join(root, "SRC/shop-1.0.0"));
    expect(await fs.readFile(path.join(first.dir, "bin/run"), "utf8")).toBe("echo 1\n");
    expect(await checkout(request, context)).toEqual(first);
    expect(context.events.filter(({ type }) => type === "checkout")).toHaveLength(1);
  });

  it("takes a project from a folder of its repository", async () => {
    const { context, request } = await world();
    const { dir } = await checkout({ ...request, subfolder: "sub" }, context);
    expect(await fs.readdir(dir)).toEqual(["a"]);
  });

  it("tells files that are only pointers of Git LFS", async () => {
    const { repo, context, request } = await world();
    const pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n";
    await write(repo, {
      ".gitattributes": "*.png filter=lfs\n",
      "a b.png": pointer,
      "c.png": pointer,
      "d.png": "real",
    });
    commit(repo, "2.0.0");
    await checkout({ ...request, version: "2.0.0" }, context);
    expect(context.events.at(-1)).toEqual({
      type: "warning",
      message: "shop 2.0.0: a b.png and 1 others are pointers of Git LFS, and would be deployed as that",
      hint: "git lfs install, then: rm -r SRC/shop-2.0.0",
    });
  });

  it("notices a tag that was moved", async () => {
    const { repo, context, request } = await world();
    await checkout(request, context);
    await write(repo, { "bin/run": "echo 2\n" });
    commit(repo, "1.0.0");
    await expect(checkout(request, context)).rejects.toMatchObject({
      code: "TAG_MOVED",
      hint: expect.stringContaining("rm -r SRC/shop-1.0.0"),
    });
  });

  it("notices a checkout that was changed by hand", async () => {
    const { context, request } = await world();
    const { dir } = await checkout(request, context);
    await write(dir, { "bin/run": "echo 3\n" });
    await expect(checkout(request, context)).rejects.toMatchObject({
      code: "SOURCE_DIRTY",
      message: expect.stringContaining("bin/run"),
    });
  });

  it("names a version or a repository that is not there, and leaves nothing behind", async () => {
    const { root, context, request } = await world();
    await expect(checkout({ ...request, version: "9.9.9" }, context)).rejects.toThrow("shop has no version 9.9.9");
    await expect(checkout({ ...request, repo: "sources/none" }, context)).rejects.toThrow(
      `no repository at ${root}/sources/none`,
    );
    expect(await fs.readdir(path.join(root, "SRC"))).toEqual([]);
  });

  it("goes on with what is here when the repository does not answer, and says so", async () => {
    const { repo, context, request } = await world();
    const first = await checkout(request, context);
    await fs.rename(path.join(repo, ".git"), path.join(repo, "gone"));
    expect(await checkout(request, context)).toEqual(first);
    expect(context.events.at(-1)).toMatchObject({
      type: "warning",
      message: expect.stringContaining("does not answer"),
    });
  });
});
