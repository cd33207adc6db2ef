import { execFileSync } from "node:child_process";
import fs from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { onTestFinished } from "vitest";
import { contextAt as contextOf } from "./context-at.ts";

export { contextOf };

/** A temporary folder, removed when the test ends. */
export async function folder(): Promise<string> {
  const dir = await fs.realpath(await fs.mkdtemp(path.join(os.tmpdir(), "facs-pipeline-")));
  onTestFinished(() => fs.rm(dir, { recursive: true, force: true }));
  return dir;
}

export async function write(root: string, files: Readonly<Record<string, string>>): Promise<string> {
  for (const [name, content] of Object.entries(files)) {
    await fs.mkdir(path.dirname(path.join(root, name)), { recursive: true });
    await fs.writeFile(path.join(root, name), content);
  }
  return root;
}

/** {@link contextOf} for a source repository that carries its own definitions. */
export function carriedContextOf(root: string): ReturnType<typeof contextOf> {
  return { ...contextOf(root), own: path.join(root, "config/facsimile"), work: path.join(root, ".facsimile") };
}

/** git in `cwd`, as somebody, without anybody's configuration. */
export function git(cwd: string, ...args: string[]): string {
  const env = { PATH: process.env["PATH"] ?? "", HOME: cwd, GIT_CONFIG_NOSYSTEM: "1" };
  const who = ["-c", "user.name=T", "-c", "user.email=t@example.org", "-c", "init.defaultBranch=main"];
  return execFileSync("git", [...who, ...args], {
    cwd,
    env,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  }).trim();
}

/** A repository holding `files`, tagged. */
export async function repository(root: string, files: Readonly<Record<string, string>>, tag: string): Promise<string> {
  await write(root, files);
  git(root, "init", "--quiet");
  commit(root, tag);
  return root;
}

export function commit(root: string, tag: string): void {
  git(root, "add", "--all");
  git(root, "commit", "--quiet", "--allow-empty", "-m", tag);
  git(root, "tag", "--force", tag);
}
