import fs from "node:fs/promises";
import path from "node:path";
import { expect, it } from "vitest";
import { commit as commitFiles, definitionCommit, type Publication, push, standing } from "../src/state/publish.ts";
import { commit, contextOf, folder, git, repository, write } from "./world.ts";

async function world() {
  const dir = await folder();
  const root = await repository(path.join(dir, "defs"), { "define/a": "1\n" }, "first");
  for (const [key, value] of [
    ["user.name", "T"],
    ["user.email", "t@example.org"],
  ] as const)
    git(root, "config", key, value);
  return { dir, root, context: contextOf(root) };
}

async function withRemote() {
  const { dir, root, context } = await world();
  const bare = path.join(dir, "bare.git");
  git(dir, "init", "--quiet", "--bare", bare);
  git(root, "remote", "add", "origin", bare);
  git(root, "push", "--quiet", "--set-upstream", "origin", "main");
  return { dir, root, bare, context };
}

async function publish(publication: Publication, context: ReturnType<typeof contextOf>): Promise<boolean> {
  await commitFiles(publication, context);
  return await push(publication, context);
}

it("commits exactly the files it is given, and pushes them", async () => {
  const { root, bare, context } = await withRemote();
  const where = await standing(context);
  await write(root, { "state/a.json": "{}", "define/a": "2\n", stray: "x" });
  expect(await publish({ files: ["state/a.json"], message: "state of a: serial 1", standing: where }, context)).toBe(
    true,
  );
  expect(git(bare, "show", "--name-only", "--format=%s", "main")).toBe("state of a: serial 1\n\nstate/a.json");
  expect(git(root, "status", "--porcelain")).toBe("M define/a\n?? stray");
});

it("leaves the index as it was where git refuses the commit", async () => {
  const { root, context } = await world();
  await write(root, { "state/a.json": "{}", "define/a": "2\n", ".git/hooks/pre-commit": "#!/bin/sh\nexit 1\n" });
  await fs.chmod(path.join(root, ".git/hooks/pre-commit"), 0o755);
  const publication = { files: ["state/a.json", "define/a"], message: "m", standing: { kind: "no-remote" } } as const;
  await expect(commitFiles(publication, context)).rejects.toMatchObject({ code: "GIT_FAILED" });
  expect(git(root, "status", "--porcelain")).toBe("M define/a\n?? state/");
});

it("stops when a colleague was faster: the commit stays, the remote keeps theirs", async () => {
  const { dir, root, bare, context } = await withRemote();
  const where = await standing(context);
  git(dir, "clone", "--quiet", bare, "colleague");
  await write(path.join(dir, "colleague"), { b: "b" });
  commit(path.join(dir, "colleague"), "theirs");
  git(path.join(dir, "colleague"), "push", "--quiet");
  await write(root, { "state/a.json": "{}" });
  await expect(publish({ files: ["state/a.json"], message: "ours", standing: where }, context)).rejects.toMatchObject({
    code: "PUSH_REFUSED",
  });
  expect(git(bare, "log", "-1", "--format=%s", "main")).toBe("theirs");
  await expect(standing(context)).rejects.toMatchObject({
    code: "GIT_OUT_OF_STEP",
    hint: expect.stringContaining("git pull --rebase"),
  });
});

it("refuses beforehand when ahead, detached, without upstream or in the middle of a merge", async () => {
  const { root, context } = await withRemote();
  commit(root, "ahead");
  await expect(standing(context)).rejects.toMatchObject({
    code: "GIT_OUT_OF_STEP",
    message: expect.stringContaining("ahead"),
  });
  git(root, "switch", "--quiet", "--create", "other");
  await expect(standing(context)).rejects.toMatchObject({ code: "GIT_NO_UPSTREAM" });
  git(root, "switch", "--quiet", "--detach");
  await expect(standing(context)).rejects.toMatchObject({ code: "GIT_DETACHED" });
  await fs.writeFile(path.join(root, ".git/MERGE_HEAD"), "");
  await expect(standing(context)).rejects.toMatchObject({ code: "GIT_BUSY" });
});

it("commits without a remote, and does nothing without git", async () => {
  const { dir, root, context } = await world();
  expect(await standing(context)).toEqual({ kind: "no-remote" });
  await write(root, { "state/a.json": "{}" });
  expect(await publish({ files: ["state/a.json"], message: "m", standing: { kind: "no-remote" } }, context)).toBe(
    false,
  );
  expect(git(root, "log", "-1", "--format=%s")).toBe("m");
  expect(await standing(contextOf(dir))).toEqual({ kind: "no-git" });
});

it("knows whether the definitions have changes that no commit has", async () => {
  const { dir, root, context } = await world();
  expect(await definitionCommit(context)).toEqual({ commit: git(root, "rev-parse", "HEAD"), dirty: false });
  await write(root, { "define/new": "" });
  expect(await definitionCommit(context)).toMatchObject({ dirty: true });
  expect(await definitionCommit(contextOf(dir))).toEqual({ commit: undefined, dirty: true });
});
