import fs from "node:fs/promises";
import path from "node:path";
import { expect, it } from "vitest";
import { build } from "../src/sources/build.ts";
import { checkout } from "../src/sources/checkout.ts";
import { whileStill } from "../src/sources/while-still.ts";
import { commit, contextOf, folder, repository, write } from "./world.ts";

async function world() {
  const root = await folder();
  const repo = await repository(path.join(root, "sources/shop"), { text: "0" }, "0");
  const take = (version = "main") => checkout({ project: "shop", repo: "sources/shop", version }, contextOf(root));
  const next = async (tag: string) => {
    await write(repo, { text: tag });
    commit(repo, tag);
  };
  return { root, repo, take, next };
}

it("a branch that moves while several runs take it is whole for each of them", async () => {
  const { take, next } = await world();
  await take();
  const errors: unknown[] = [];
  let isMoving = true;
  const run = async () => {
    while (isMoving) await take().catch((error) => errors.push(error));
  };
  const runs = [run(), run(), run()];
  for (let n = 1; n <= 4; n++) {
    await next(`${n}`);
    await take().catch((error) => errors.push(error));
  }
  isMoving = false;
  await Promise.all(runs);
  expect(errors).toEqual([]);
}, 60_000);

it("a build of a branch that another run moved on meanwhile is not kept as one of the old commit", async () => {
  const { root, take, next } = await world();
  const source = await take();
  const run = 'touch ../begun; until [ -e ../go ]; do sleep 0.05; done; cat "$SRC_DIR/text" > made';
  const stage = { name: "build", run: [run], env: {}, timeout: 60, position: undefined };
  const request = { instance: "dev", project: "shop", version: "main", stages: [stage] };
  const building = build({ ...request, source }, contextOf(root));
  const at = (name: string) => path.join(root, "BUILD/dev", name);
  await expect.poll(() => fs.readdir(at(".")).catch(() => []), { timeout: 20_000 }).toContain("begun");
  await next("1");
  const newer = await take();
  await fs.writeFile(at("go"), "");
  const [was, is] = [source.commit.slice(0, 12), newer.commit.slice(0, 12)];
  await expect(building).rejects.toMatchObject({
    code: "SOURCE_MOVED",
    message: `SRC/shop-main was at ${was} and is at ${is} now: another facs took the branch`,
  });
  expect(await fs.readdir(at("."))).not.toContain("shop-main.stamp");
  expect(
    await fs.readFile(path.join(await build({ ...request, source: newer }, contextOf(root)), "made"), "utf8"),
  ).toBe("1");
});

it("what work on a moved branch came to counts as moved, also where it failed; other work is as it is", async () => {
  const { root, take, next } = await world();
  const [branch, tag] = [await take(), await take("0")];
  const context = contextOf(root);
  const failing = async () => Promise.reject(new Error("its own"));
  expect(await whileStill(branch, { ...context, doing: async () => "done" })).toBe("done");
  await expect(whileStill(branch, { ...context, doing: failing })).rejects.toThrow("its own");
  await next("1");
  await take();
  for (const doing of [async () => "done", failing])
    await expect(whileStill(branch, { ...context, doing })).rejects.toMatchObject({ code: "SOURCE_MOVED" });
  expect(await whileStill(tag, { ...context, doing: async () => "done" })).toBe("done");
  await fs.rm(branch.top, { recursive: true });
  await expect(whileStill(branch, { ...context, doing: failing })).rejects.toThrow("is being replaced");
});
