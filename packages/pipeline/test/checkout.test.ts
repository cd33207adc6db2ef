import fs from "node:fs/promises";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { build } from "../src/sources/build.ts";
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

describe("build", () => {
  const built = async (commands: string[]) => {
    const { context, request } = await world();
    const source = await checkout(request, context);
    const run = () => build({ instance: "dev", project: "shop", version: "1.0.0", source, commands }, context);
    return { context, source, run };
  };

  it("runs its commands beside the source, which stays as it was, and only when something changed", async () => {
    const { context, source, run } = await built(['echo "$FACS_PROJECT $FACS_VERSION" > made', "cat made sub/a"]);
    const dir = await run();
    expect(dir).toBe(path.join(context.root, "BUILD/dev/shop-1.0.0"));
    expect(await fs.readFile(path.join(dir, "made"), "utf8")).toBe("shop 1.0.0\n");
    expect(await fs.readdir(source.dir)).not.toContain("made");
    expect(await fs.readFile(`${dir}.log`, "utf8")).toContain("shop 1.0.0\na\n");
    await fs.writeFile(path.join(dir, "made"), "kept");
    await run();
    expect(await fs.readFile(path.join(dir, "made"), "utf8")).toBe("kept");
  });

  it("needs no copy when there is nothing to run", async () => {
    const { source, run } = await built([]);
    expect(await run()).toBe(source.dir);
  });

  it("tells a failure with the end of its output, and builds again the next time", async () => {
    const { run } = await built(["echo one; echo boom >&2; exit 7"]);
    await expect(run()).rejects.toMatchObject({
      code: "BUILD_FAILED",
      message: expect.stringContaining("exited 7\none\nboom"),
    });
    await expect(run()).rejects.toMatchObject({ code: "BUILD_FAILED" });
  });

  it("hands no key of ours to a build", async () => {
    const { context, run } = await built(["env > seen"]);
    const dir = await run();
    const names = (await fs.readFile(path.join(dir, "seen"), "utf8")).split("\n").map((line) => line.split("=")[0]);
    expect(names.filter((name) => name?.startsWith("FACS_PGP"))).toEqual([]);
    expect(names).toContain("FACS_INSTANCE");
    expect(context.env).not.toHaveProperty("FACS_PGP_KEY");
  });
});
