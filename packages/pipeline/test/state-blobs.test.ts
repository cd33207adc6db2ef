import fs from "node:fs/promises";
import path from "node:path";
import { sha256 } from "@facsimile/core";
import { describe, expect, it } from "vitest";
import { contentsAt, contentsByDigest, stagesOf } from "../src/state/blobs.ts";
import { driverStatus, installDriver } from "../src/state/driver.ts";
import { contextOf, folder, git, write } from "./world.ts";

const FILE = "state/a *[b].json";

/** A conglomerate in a folder of a repository; `put` commits a content of the file. */
async function world() {
  const top = await folder();
  const root = path.join(top, "envs");
  git(top, "init", "--quiet");
  const put = async (text: string) => {
    await write(root, { [FILE]: text });
    git(top, "add", "--all");
    git(top, "commit", "--quiet", "--allow-empty", "-m", text);
  };
  await write(root, { "state/a xb.json": "another\n" });
  await put("one\n");
  return { root, put, context: contextOf(root) };
}

const find = async (text: string, { context }: Awaited<ReturnType<typeof world>>) =>
  (await contentsByDigest([sha256(text)], FILE, context)).get(sha256(text))?.toString();

describe("contents that a file once had", () => {
  it("are found on branches, in what branches once were, and in a merge under way", async () => {
    const w = await world();
    const { root, put } = w;
    git(root, "checkout", "--quiet", "-b", "side");
    await put("side\n");
    git(root, "checkout", "--quiet", "main");
    await put("lost\n");
    git(root, "reset", "--quiet", "--hard", "HEAD~1");
    await put("two\n");
    for (const text of ["one\n", "side\n", "lost\n", "two\n"]) expect(await find(text, w)).toBe(text);
    expect(await find("another\n", w)).toBeUndefined();
    expect(await find("never\n", w)).toBeUndefined();
  });

  it("are found among more versions than are read at once", async () => {
    const w = await world();
    for (let n = 0; n < 70; n++) await w.put(`version ${n}\n`);
    expect(await find("one\n", w)).toBe("one\n");
    expect(await find("version 3\n", w)).toBe("version 3\n");
  });

  it("are read of revisions byte by byte; undefined where there is none", async () => {
    const { root, put, context } = await world();
    await put("line\r\n\n\n");
    await fs.rm(path.join(root, FILE));
    git(root, "add", "--all");
    git(root, "commit", "--quiet", "-m", "gone");
    const found = await contentsAt(["HEAD", "HEAD^", "HEAD~2", "HEAD~9", "nowhere"], FILE, context);
    expect(found.map((bytes) => bytes?.toString())).toEqual([undefined, "line\r\n\n\n", "one\n", undefined, undefined]);
  });
});

it("the sides of a conflict are those of the index, of this file alone", async () => {
  const { root, put, context } = await world();
  expect(await stagesOf(FILE, context)).toEqual(new Map());
  git(root, "checkout", "--quiet", "-b", "side");
  await put("theirs\n");
  git(root, "checkout", "--quiet", "main");
  await put("ours\n");
  expect(() => git(root, "merge", "side")).toThrow();
  const stages = await stagesOf(FILE, context);
  expect([1, 2, 3].map((stage) => stages.get(stage as 1)?.toString())).toEqual(["one\n", "ours\n", "theirs\n"]);
  expect(await stagesOf("state/a xb.json", context)).toEqual(new Map());
});

it("a folder without git has no sides and no driver", async () => {
  const context = contextOf(await folder());
  expect(await stagesOf(FILE, context)).toEqual(new Map());
  expect([await driverStatus(context), await installDriver(context)]).toEqual(["no-git", false]);
});

it("the driver is installed once in a clone, and an own one is kept", async () => {
  const { root, context } = await world();
  expect([await driverStatus(context), await installDriver(context)]).toEqual(["missing", true]);
  expect(git(root, "config", "--local", "merge.facsimile-state.driver")).toBe("facs state merge-driver %O %A %B %P");
  git(root, "config", "--local", "merge.facsimile-state.driver", "/opt/facs state merge-driver %O %A %B %P");
  expect([await driverStatus(context), await installDriver(context)]).toEqual(["installed", false]);
  expect(git(root, "config", "--local", "merge.facsimile-state.driver")).toMatch(/^\/opt/);
});
