import fs from "node:fs/promises";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { checkout } from "../src/sources/checkout.ts";
import { commit, contextOf, folder, git, repository, write } from "./world.ts";

/** `shop` has the submodule `parts/a b`, which has the submodule `deep`. */
async function world() {
  const root = await folder();
  const at = (name: string) => path.join(root, "sources", name);
  await repository(at("deep"), { text: "deep 1" }, "1");
  await repository(at("part"), { text: "part 1" }, "1");
  submodule(at("part"), "../deep", "deep");
  await repository(at("shop"), { text: "shop" }, "0");
  submodule(at("shop"), "../part", "parts/a b");
  git(at("shop"), "tag", "1.0.0");
  const context = contextOf(root);
  const take = (version = "1.0.0") => checkout({ project: "shop", repo: "sources/shop", version }, context);
  return { root, at, context, take };
}

function submodule(repo: string, url: string, name: string): void {
  git(repo, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", "--", url, name);
  commit(repo, `with-${path.basename(name).replace(" ", "-")}`);
}

describe("submodules", () => {
  it("are filled, and theirs, at the commits that are written down, by relative addresses", async () => {
    const { at, take } = await world();
    await write(at("part"), { text: "part 2" });
    commit(at("part"), "2");
    const { dir } = await take();
    expect(await fs.readFile(path.join(dir, "parts/a b/text"), "utf8")).toBe("part 1");
    expect(await fs.readFile(path.join(dir, "parts/a b/deep/text"), "utf8")).toBe("deep 1");
    expect((await take()).dir).toBe(dir);
  });

  it("are looked at for changes by hand, also where the repository wants them ignored", async () => {
    const { at, take } = await world();
    git(at("shop"), "config", "--file", ".gitmodules", "submodule.parts/a b.ignore", "all");
    commit(at("shop"), "1.1.0");
    const { dir } = await take("1.1.0");
    await write(dir, { "parts/a b/deep/text": "other" });
    await expect(take("1.1.0")).rejects.toMatchObject({
      code: "SOURCE_DIRTY",
      message: expect.stringContaining("parts/a b"),
    });
  });

  it("come from mirrors: a second version needs no repository of theirs", async () => {
    const { at, take } = await world();
    await take();
    await write(at("shop"), { text: "second" });
    commit(at("shop"), "1.1.0");
    await fs.rename(at("part"), at("gone"));
    await fs.rename(at("deep"), at("gone-too"));
    const { dir } = await take("1.1.0");
    expect(await fs.readFile(path.join(dir, "parts/a b/deep/text"), "utf8")).toBe("deep 1");
  });

  it("that are gone, or lack the commit, are named, with what git says and what next", async () => {
    const { root, at, take } = await world();
    const missing = git(at("part"), "rev-parse", "--short=12", "HEAD");
    await fs.rename(at("part"), at("gone"));
    const wrong = {
      code: "NO_SOURCE",
      message: expect.stringContaining(`${at("shop")}: its submodule parts/a b cannot be had from ${at("part")}:\n`),
      hint: expect.stringMatching(new RegExp(`^Put commit ${missing} there, .* git ls-remote ${at("part")}$`)),
    };
    await expect(take()).rejects.toMatchObject(wrong);
    await repository(at("part"), { other: "" }, "1");
    await expect(take()).rejects.toMatchObject(wrong);
    expect((await fs.readdir(path.join(root, "SRC"))).filter((name) => !name.startsWith(".mirrors"))).toEqual([]);
    await fs.rename(at("deep"), at("gone-too"));
    await fs.rm(at("part"), { recursive: true });
    await fs.rename(at("gone"), at("part"));
    await expect(take()).rejects.toMatchObject({
      message: expect.stringContaining(`${at("part")}: its submodule deep `),
    });
  });

  it("may name no folder of this machine, nor a program", async () => {
    const { root, at, take } = await world();
    await repository(path.join(root, "private"), { secret: "x" }, "1");
    for (const url of [path.join(root, "private"), `file://${root}/private`, `ext::touch ${root}/ran`]) {
      git(at("shop"), "config", "--file", ".gitmodules", "submodule.parts/a b.url", url);
      commit(at("shop"), "1.1.0");
      await expect(take("1.1.0")).rejects.toMatchObject({
        code: "SUBMODULE_REFUSED",
        message: expect.stringContaining(`has a submodule at parts/a b from ${url}, which is on this machine`),
      });
    }
    expect((await fs.readdir(path.join(root, "SRC"))).filter((name) => !name.startsWith(".mirrors"))).toEqual([]);
    expect(await fs.readdir(root)).not.toContain("ran");
  });

  it("without an address stay empty, which is told", async () => {
    const { at, context, take } = await world();
    git(at("shop"), "rm", "--quiet", "--force", "--cached", ".gitmodules");
    await fs.rm(path.join(at("shop"), ".gitmodules"));
    commit(at("shop"), "1.1.0");
    const { dir } = await take("1.1.0");
    expect(await fs.readdir(path.join(dir, "parts/a b"))).toEqual([]);
    expect(context.events.at(-1)).toMatchObject({ message: expect.stringMatching(/^parts\/a b stays empty/) });
  });

  it("run nothing that a repository asks for", async () => {
    const { root, at, take } = await world();
    git(at("shop"), "config", "--file", ".gitmodules", "submodule.parts/a b.update", `!touch ${root}/ran`);
    git(at("shop"), "config", "--file", ".gitmodules", "core.fsmonitor", `touch ${root}/ran`);
    commit(at("shop"), "1.1.0");
    await take("1.1.0");
    await take("1.1.0");
    expect(await fs.readdir(root)).not.toContain("ran");
  });
});
