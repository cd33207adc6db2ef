import { execFileSync } from "node:child_process";
import fs from "node:fs/promises";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { type CheckoutRequest, checkout } from "../src/sources/checkout.ts";
import { commit, contextOf, folder, git, repository, write } from "./world.ts";

async function world() {
  const root = await folder();
  const repo = await repository(path.join(root, "sources/shop"), { text: "1.0.0" }, "1.0.0");
  const context = contextOf(root);
  const next = async (text: string, ...tag: string[]) => {
    await write(repo, { text });
    git(repo, "commit", "--quiet", "--all", "-m", text);
    for (const name of tag) git(repo, "tag", name);
    return git(repo, "rev-parse", "HEAD");
  };
  const take = (version: string, more: Partial<CheckoutRequest> = {}) =>
    checkout({ project: "shop", repo: "sources/shop", version, ...more }, context);
  const text = async (version: string) => fs.readFile(path.join((await take(version)).dir, "text"), "utf8");
  return { root, repo, context, next, take, text };
}

describe("a version", () => {
  it("is a tag, lightweight or annotated, with any name that git takes", async () => {
    const { repo, next, take, text } = await world();
    const commitId = await next("second");
    git(repo, "tag", "--annotate", "-m", "note", "release/2.0");
    expect(await take("release/2.0")).toMatchObject({ kind: "tag", commit: commitId });
    expect([await text("release/2.0"), await text("1.0.0")]).toEqual(["second", "1.0.0"]);
  });

  it("is the id of a commit, whole or from seven digits on, also of one that is on no branch", async () => {
    const { repo, next, take } = await world();
    const first = git(repo, "rev-parse", "HEAD");
    const second = await next("second");
    git(repo, "reset", "--quiet", "--hard", first);
    expect(await take(first)).toMatchObject({ kind: "commit", commit: first });
    expect(await take(first.slice(0, 7))).toMatchObject({ kind: "commit", commit: first });
    expect(await take(second)).toMatchObject({ kind: "commit", commit: second });
    await expect(take(first.slice(0, 6))).rejects.toThrow(`shop has no version ${first.slice(0, 6)}`);
    await expect(take("f".repeat(40))).rejects.toThrow("shop has no version fff");
  });

  it("is refused when its digits begin the ids of several commits, and those are shown", async () => {
    const { root, take } = await world();
    const twins = manyCommits(path.join(root, "sources/twins"));
    const error = await take(twins.prefix, { project: "twins", repo: "sources/twins" }).catch((reason) => reason);
    expect(error).toMatchObject({ code: "NO_SOURCE", hint: "Write more digits of the one you mean." });
    expect(error.message).toContain(`${twins.prefix} begins the id of several commits`);
    for (const id of twins.ids) expect(error.message).toMatch(new RegExp(`\\b${id.slice(0, 8)}`));
  });

  it("is a branch, which is taken as it is at the time, and its commit told", async () => {
    const { root, context, next, take, text } = await world();
    const first = (await take("main")).commit;
    expect(await text("main")).toBe("1.0.0");
    const second = await next("second");
    expect(await take("main")).toMatchObject({ kind: "branch", commit: second });
    expect(await text("main")).toBe("second");
    const told = context.events.flatMap((event) => (event.type === "checkout" ? [event.commit] : []));
    expect([...new Set(told)]).toEqual([first, second]);
    const lying = (await fs.readdir(path.join(root, "SRC"))).filter((name) => name !== ".seen");
    expect(lying).toEqual([".mirrors", "shop-main"]);
  });

  it("is the tag where a branch has its name, which is told", async () => {
    const { repo, context, next, take } = await world();
    const tagged = git(repo, "rev-parse", "HEAD");
    git(repo, "branch", "1.0.0");
    expect((await take("1.0.0")).commit).toBe(tagged);
    expect(context.events.filter(({ type }) => type === "warning")).toEqual([]);
    git(repo, "switch", "--quiet", "1.0.0");
    await next("of the branch");
    expect(await take("1.0.0")).toMatchObject({ kind: "tag", commit: tagged });
    expect(context.events).toContainEqual(
      expect.objectContaining({ message: expect.stringContaining("1.0.0 is a tag and a branch there") }),
    );
  });

  it("stays a tag: a branch in its place is a tag that was moved", async () => {
    const { repo, next, take } = await world();
    await take("1.0.0");
    git(repo, "tag", "--delete", "1.0.0");
    git(repo, "switch", "--quiet", "--create", "1.0.0");
    await next("other");
    await expect(take("1.0.0")).rejects.toMatchObject({ code: "TAG_MOVED" });
  });

  it("is used from its checkout when it was taken away, which is told", async () => {
    const { repo, context, take } = await world();
    const first = await take("1.0.0");
    git(repo, "tag", "--delete", "1.0.0");
    expect(await take("1.0.0")).toEqual(first);
    expect(context.events.at(-1)).toMatchObject({ message: expect.stringContaining("is not there any more") });
  });

  it("is named when it is not there: the nearest, else the newest; an empty repository is called that", async () => {
    const { root, next, take } = await world();
    const hint = (version: string, repo = "sources/shop") =>
      take(version, { repo }).then(
        () => "no error",
        (error) => error.hint,
      );
    expect(await hint("v1.0.0")).toBe("Did you mean 1.0.0?");
    for (const tag of ["1.1.0", "1.2.0", "1.9.0", "1.10.0", "2.0.0-rc1"]) await next(tag, tag);
    expect(await hint("nothing-like-it")).toContain("Its tags: 2.0.0-rc1, 1.10.0, 1.9.0, 1.2.0, 1.1.0 and 1 others.");
    const bare = path.join(root, "sources/bare");
    git(root, "init", "--quiet", bare);
    expect(await hint("1.0.0", "sources/bare")).toBe(
      "The repository is empty: commit there, and tag it: git tag 1.0.0",
    );
    git(bare, "commit", "--quiet", "--allow-empty", "-m", "first");
    expect(await hint("1.0.0", "sources/bare")).toBe("Its branches: main. It has no tags yet.");
    expect(await take("main", { project: "bare", repo: "sources/bare" })).toMatchObject({ kind: "branch" });
  });
});

describe("a checkout that is there", () => {
  it("is kept when its repository moved and holds the same, and refused when it holds another commit", async () => {
    const { root, repo, take } = await world();
    const first = await take("1.0.0");
    await fs.cp(repo, path.join(root, "sources/moved"), { recursive: true });
    expect(await take("1.0.0", { repo: "sources/moved" })).toEqual(first);
    expect(git(first.dir, "remote", "get-url", "origin")).toBe(path.join(root, "sources/moved"));
    await repository(path.join(root, "sources/other"), { text: "other" }, "1.0.0");
    await expect(take("1.0.0", { repo: "sources/other" })).rejects.toMatchObject({
      code: "TAG_MOVED",
      message: expect.stringMatching(
        /was [0-9a-f]{12} in .*sources\/moved and is now [0-9a-f]{12} in .*sources\/other$/,
      ),
    });
  });

  it("is refused when it is at another commit, holds ignored files, or is none; nothing of it is lost", async () => {
    const { root, repo, next, take } = await world();
    await write(repo, { ".gitignore": "*.o\n" });
    commit(repo, "1.1.0");
    await next("later", "1.2.0");
    const { dir } = await take("1.2.0");
    git(dir, "checkout", "--quiet", "1.1.0");
    await expect(take("1.2.0")).rejects.toMatchObject({
      code: "SOURCE_DIRTY",
      message: expect.stringContaining("HEAD is at"),
    });
    git(dir, "checkout", "--quiet", "1.2.0");
    await write(dir, { "made.o": "" });
    await expect(take("1.2.0")).rejects.toMatchObject({
      code: "SOURCE_DIRTY",
      message: expect.stringContaining("made.o"),
    });
    const foreign = await write(path.join(root, "SRC/shop-1.0.0"), { "notes.txt": "mine" });
    await expect(take("1.0.0")).rejects.toMatchObject({
      code: "SOURCE_FOREIGN",
      hint: expect.stringContaining("rm -r"),
    });
    await write(foreign, { ".git/HEAD": "garbage" });
    await expect(take("1.0.0")).rejects.toMatchObject({ code: "SOURCE_FOREIGN" });
    expect(await fs.readFile(path.join(foreign, "notes.txt"), "utf8")).toBe("mine");
  });

  it("has the same bytes and runs no hook, whatever the user's git is set to", async () => {
    const { root, repo, take } = await world();
    await write(repo, { crlf: "a\nb\n" });
    git(repo, "add", "--all");
    git(repo, "commit", "--quiet", "-m", "lines");
    git(repo, "tag", "1.1.0");
    await write(root, {
      ".gitconfig":
        "[core]\nautocrlf = true\nhooksPath = hooks-of-mine\n[init]\ntemplateDir = ~/template\n[submodule]\nrecurse = true\n",
      "template/hooks/post-checkout": `#!/bin/sh\ntouch ${root}/ran\n`,
      "hooks-of-mine/post-checkout": `#!/bin/sh\ntouch ${root}/ran\n`,
    });
    for (const file of ["template/hooks/post-checkout", "hooks-of-mine/post-checkout"])
      await fs.chmod(path.join(root, file), 0o755);
    const { dir } = await take("1.1.0");
    expect(await fs.readFile(path.join(dir, "crlf"), "utf8")).toBe("a\nb\n");
    expect(await take("1.1.0")).toMatchObject({ dir });
    expect(await fs.readdir(root)).not.toContain("ran");
  });
});

/** So many commits that two of them share seven digits. @returns These. */
function manyCommits(dir: string): { prefix: string; ids: string[] } {
  execFileSync("git", ["init", "--quiet", "--initial-branch=main", dir]);
  const stream = Array.from(
    { length: 60_000 },
    (_, at) => `commit refs/heads/main\ncommitter T <t@example.org> ${at} +0000\ndata 1\nx\n`,
  ).join("");
  execFileSync("git", ["fast-import", "--quiet"], { cwd: dir, input: stream });
  const ids = execFileSync("git", ["rev-list", "main"], { cwd: dir, encoding: "utf8", maxBuffer: 1 << 26 }).split("\n");
  const seen = new Map<string, string>();
  for (const id of ids) {
    const twin = seen.get(id.slice(0, 7));
    if (twin !== undefined) return { prefix: id.slice(0, 7), ids: [twin, id] };
    seen.set(id.slice(0, 7), id);
  }
  throw new Error("no two commits share seven digits");
}
