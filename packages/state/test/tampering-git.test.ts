import { execFile } from "node:child_process";
import fs from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { confirmSeal } from "../src/index.ts";
import { codesOf } from "./verdict.ts";
import { create, folder, tools, type World, world } from "./world.ts";

const run = promisify(execFile);
const author = ["-c", "user.name=Robin", "-c", "user.email=robin@example.org", "-c", "commit.gpgsign=false"];
const env = { PATH: process.env["PATH"], GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_NOSYSTEM: "1", LC_ALL: "C" };

/** A conglomerate in git whose state was sealed, committed and confirmed three times: commits `HEAD~2` to `HEAD`. */
async function history() {
  const w = await world();
  const git = async (...args: string[]) => {
    const { stdout } = await run("git", [...author, ...args], { cwd: w.root, env });
    return stdout.trim();
  };
  await git("init", "--quiet", "--initial-branch=main");
  const seal = async (name: string) => {
    await confirmSeal(await create(w, { passwords: [name] }));
    await git("add", ".");
    await git("commit", "--quiet", "--message", name);
  };
  for (const name of ["one", "two", "three"]) await seal(name);
  return { ...w, git, seal };
}

/** What opening says; `serial 3` where it opens. */
async function opening({ open }: Pick<World, "open">): Promise<string> {
  return open().then(({ serial }) => `serial ${serial}`, codesOf);
}

describe("an older file that git brings in", () => {
  const oldFile = ["checkout", "HEAD~1", "--", "state/dev.json"];
  it.each([
    ["checkout of an old commit", [["checkout", "--quiet", "HEAD~1"]]],
    ["checkout of the old file", [oldFile]],
    ["revert", [["revert", "--no-edit", "HEAD"]]],
    ["reset", [["reset", "--hard", "--quiet", "HEAD~2"]]],
    [
      "merge that has no conflict",
      [
        ["checkout", "--quiet", "-b", "side"],
        oldFile,
        ["commit", "--quiet", "--message", "old"],
        ["checkout", "--quiet", "main"],
        ["commit", "--quiet", "--allow-empty", "--message", "unrelated"],
        ["merge", "--no-edit", "side"],
      ],
    ],
    [
      "merge that kept the old side",
      [
        ["checkout", "--quiet", "-b", "side", "HEAD~1"],
        ["merge", "--no-edit", "--no-ff", "-s", "ours", "main"],
        ["checkout", "--quiet", "main"],
        ["merge", "--ff-only", "side"],
      ],
    ],
  ])("by a %s is refused", async (_, commands) => {
    const w = await history();
    expect(await opening(w)).toBe("serial 3");
    for (const args of commands) await w.git(...args);
    expect(await opening(w)).toBe("STATE_ROLLED_BACK 5");
  });

  it("by a pull is refused in a clone that was up to date, and in one that never was", async () => {
    const w = await history();
    const clone = await folder();
    await run("git", ["clone", "--quiet", w.root, clone], { env });
    const inClone = await tools({ root: clone, configDir: w.configDir });
    expect(await opening(inClone)).toBe("serial 3");
    await w.git("revert", "--no-edit", "HEAD");
    await run("git", [...author, "pull", "--quiet", "--no-rebase"], { cwd: clone, env });
    expect(await opening(inClone)).toBe("STATE_ROLLED_BACK 5");
    const late = await folder();
    await run("git", ["clone", "--quiet", w.root, late], { env });
    expect(await opening(await tools({ root: late, configDir: w.configDir }))).toBe("STATE_ROLLED_BACK 5");
  });
});

describe("two sides that both changed the file", () => {
  /** Both sides seal from the same file; `attributes` says how git merges it. */
  async function merged(attributes = "") {
    const w = await history();
    await w.git("checkout", "--quiet", "-b", "side");
    // Somebody else's clone: he knows of no other side.
    const theirs = await tools({ root: w.root, configDir: w.configDir });
    await create({ ...w, ...theirs }, { passwords: ["theirs"] });
    await w.git("commit", "--quiet", "--all", "--message", "theirs");
    await w.git("checkout", "--quiet", "main");
    await w.seal("ours");
    await fs.mkdir(path.join(w.root, ".git", "info"), { recursive: true });
    await fs.writeFile(path.join(w.root, ".git", "info", "attributes"), attributes);
    const result = await w.git("merge", "--no-edit", "side").then(() => "merged", () => "conflict"); // biome-ignore format: one line
    return { ...w, result };
  }

  it("are a conflict, which is refused and named", async () => {
    const w = await merged();
    expect(w.result).toBe("conflict");
    await expect(w.open()).rejects.toMatchObject({
      code: "STATE_INVALID",
      message: expect.stringContaining("conflict marks of git"),
    });
  });

  it("are refused when git was told to keep the lines of both", async () => {
    const w = await merged("state/*.json merge=union\n");
    expect(w.result).toBe("merged");
    expect(await opening(w)).toMatch(/^(STATE_INVALID|STATE_NOT_CANONICAL|BAD_SIGNATURE) 5$/);
  });

  it("are refused when git was told to keep one and it is not the one that was confirmed", async () => {
    const w = await merged("state/*.json -merge\n");
    expect([w.result, await opening(w)]).toEqual(["conflict", "serial 4"]);
    await w.git("checkout", "--theirs", "--", "state/dev.json");
    expect(await opening(w)).toBe("STATE_ROLLED_BACK 5");
  });
});
