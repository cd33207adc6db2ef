import fs from "node:fs/promises";
import path from "node:path";
import { effort } from "@facsimile/testing";
import { expect, it } from "vitest";
import { checkout } from "../src/sources/checkout.ts";
import { killed } from "./killed.ts";
import { commit, contextOf, folder, git, repository, write } from "./world.ts";

/** A process of its own takes seconds to start: the usual suite is killed at every sixth program that it starts. */
const STRIDE = effort({ short: 6, long: 1 });

it.each([
  ["in the first clone", "1.0.0", []],
  ["in a later fetch", "1.1.0", ["1.0.0"]],
  ["while a branch moves", "main", ["main"]],
])(
  "a checkout that is killed %s leaves nothing in the way of the next",
  async (_when, version, before) => {
    let [step, isDone] = [Math.ceil(STRIDE / 2), false];
    for (; !isDone; step += STRIDE) {
      const root = await folder();
      const files = { text: "1.0.0", bulk: "x".repeat(3_000_000) };
      const repo = await repository(path.join(root, "sources/shop"), files, "1.0.0");
      const take = (name: string) =>
        checkout({ project: "shop", repo: "sources/shop", version: name }, contextOf(root));
      for (const each of before) await take(each);
      await write(repo, { text: "1.1.0" });
      commit(repo, "1.1.0");
      isDone = (await killed("checkout", [root, version, String(step)])) === 0;
      const { dir } = await take(version);
      const text = await fs.readFile(path.join(dir, "text"), "utf8");
      expect({ step, text }).toEqual({ step, text: version === "1.0.0" ? "1.0.0" : "1.1.0" });
      expect(git(dir, "fsck", "--full")).toBe("");
      expect((await take(version)).dir).toBe(dir);
    }
    expect(step).toBeGreaterThan(8);
  },
  120_000,
);

it("processes that check out at once, one version or several, are in nobody's way", async () => {
  const root = await folder();
  const repo = await repository(path.join(root, "sources/shop"), { text: "1.0.0" }, "1.0.0");
  await checkout({ project: "shop", repo: "sources/shop", version: "1.0.0" }, contextOf(root));
  for (const tag of ["1.1.0", "1.2.0"]) {
    await write(repo, { text: tag });
    commit(repo, tag);
  }
  const versions = ["1.1.0", "1.2.0", "main", "1.1.0", "1.2.0", "main"];
  const ended = await Promise.all(versions.map((version) => killed("checkout", [root, version, "0"])));
  expect(ended).toEqual([0, 0, 0, 0, 0, 0]);
  for (const version of versions) {
    const dir = path.join(root, `SRC/shop-${version}`);
    const text = await fs.readFile(path.join(dir, "text"), "utf8");
    expect(`${version} ${text}`).toBe(version === "main" ? "main 1.2.0" : `${version} ${version}`);
    expect(git(dir, "status", "--porcelain")).toBe("");
  }
}, 120_000);
