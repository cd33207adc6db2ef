import fs from "node:fs/promises";
import path from "node:path";
import { type FacsimileError, isFacsimileError, problemsOf } from "@facsimile/core";
import { type Tree, type TreeNode, writeTree } from "@facsimile/manifest";
import { createRenderer, readOverlay } from "@facsimile/templates";
import { dice, effort, readTree, SEED } from "@facsimile/testing";
import { expect, it } from "vitest";
import { copyGroup } from "../src/install/copy.ts";
import { finishTree, mergeParts, type Part } from "../src/install/finish.ts";
import { placesIn, releaseFolder } from "../src/release/layout.ts";
import type { Copy } from "../src/release/release.ts";
import { type SealContext, seal } from "../src/release/seal.ts";
import { copyFor, hostWith, sealWorld } from "./release-world.ts";
import { folder, write } from "./world.ts";

const roll = dice();
const pick = <T>(list: readonly T[]): T => list[roll(list.length)] as T;

/** Ways out, and what may become one. */
const WAYS = [
  "..", "../x", "../../canary/file", "/etc/passwd", "/", ".", "./..", "a/../..", "a/../../canary/file", "a//../../..", "x/..", "l/../../canary",
  "..\\..\\canary", "...", "a", "a/b", "l", "l/file", "../l/../..", "-rf", "a\n../x", "%2e%2e/x", "\u2025/x", "..\u2215x", ".\u200b./x", " ../x", "~", "$HOME/x",
]; // biome-ignore format: a list

const FILE: TreeNode = { type: "file", mode: 0o644, content: { bytes: Buffer.from("hostile") }, secrets: [] };

/** A tree as no folder could hold it: any text is a path. */
function paths(): Tree {
  const nodes = Array.from({ length: roll(4) + 1 }, (): [string, TreeNode] => [
    pick(WAYS),
    pick<TreeNode>([FILE, { type: "dir", mode: 0o755 }, { type: "link", target: pick(WAYS) }]),
  ]);
  return new Map(nodes);
}

/** A folder with what a hostile repository can hold: names without a slash, links to anywhere. */
async function repository(dir: string): Promise<void> {
  await fs.rm(dir, { recursive: true, force: true });
  await write(dir, { "a/b": "b", file: "f" });
  for (let n = roll(4); n > 0; n--) {
    const name = path.join(dir, pick(["", "a"]), pick(WAYS).replaceAll("/", "_") || "_");
    await fs.symlink(pick(WAYS), pick([path.join(dir, "l"), name])).catch(() => undefined);
  }
}

async function installed(dir: string): Promise<Tree> {
  const group = pick([
    { dir: pick([".", "a", "l", pick(WAYS)]) },
    { files: [pick(WAYS), "file"] },
    { glob: pick(["**", "l/**", "../**", "*"]) },
    { dir: ".", pattern: pick(["^.*/", "b$", "^", "(.*)"]), replace: pick(["", `${pick(WAYS)}/`, "\\1", pick(WAYS)]) },
  ]);
  return copyGroup(group, { variables: { SRC_DIR: dir, BUILD_DIR: dir } });
}

async function overlaid(dir: string): Promise<Tree> {
  await fs.mkdir(path.join(dir, "top"), { recursive: true });
  await fs.rename(path.join(dir, "a"), path.join(dir, "top/_DEPLOY_")).catch(() => undefined);
  await fs.symlink(pick(WAYS), path.join(dir, "top/_DEPLOY_/l2")).catch(() => undefined);
  const overlay = await readOverlay([{ name: "tmpl", dir: path.join(dir, "top") }]);
  return createRenderer(overlay, { plain: true }).tree({ context: {}, targets: [], hostContext: { host: {} } });
}

/** Whether it was sealed, or what it was refused for. */
async function attempt(work: () => Promise<void>): Promise<string> {
  try {
    await work();
    return "sealed";
  } catch (error) {
    if (!isFacsimileError(error)) throw error;
    return (problemsOf(error)[0] as FacsimileError).code;
  }
}

it("hostile names and links write nothing outside of the release", { timeout: 1_200_000 }, async () => {
  const base = await folder();
  const root = path.join(base, "shop");
  await write(base, { "canary/file": "alive", "shop/canary/file": "alive", "shop/RELEASE/dev/canary/file": "alive" });
  const context = await sealWorld(root);
  const source = path.join(await folder(), "deep/source");
  const before = await readTree(base);
  const outcomes = new Map<string, number>();
  for (let n = 0; n < effort({ short: 100, long: 5000 }); n++) {
    await repository(source);
    const kind = pick([paths, () => installed(source), () => overlaid(source)]);
    const outcome = await attempt(async () => {
      const parts: Part[] = [
        { from: "one", tree: await kind() },
        { from: "two", tree: pick([new Map(), paths()]) },
      ];
      const merged = mergeParts(parts);
      const { tree, problems } = finishTree(merged.tree, []);
      const wrong = [...merged.problems, ...problems][0];
      // Half of them go on as if nobody had looked: what seals is to hold by itself.
      if (wrong !== undefined && roll(2) === 0) throw wrong;
      const copy = copyFor([await hostWith("local", tree)]);
      const files = await written(copy, context);
      if (wrong === undefined) await assertInside(files);
      await fs.rm(path.dirname(releaseFolder(copy, context)), { recursive: true });
    });
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    if (n % 50 === 0) expect(await after(base), `seed ${SEED}, ${n}`).toEqual(before);
  }
  expect(await after(base)).toEqual(before);
  for (const code of ["sealed", "TREE_BAD_PATH", "INSTALL_LINK_OUTSIDE", "INSTALL_OUTSIDE", "INSTALL_MISSING"])
    expect([...outcomes.keys()]).toContain(code);
});

/** Sealed, now and then; else only the tree, as that is the part that names have a hand in, and syncing takes time. */
async function written(copy: Copy, context: SealContext): Promise<string> {
  const [host] = copy.hosts;
  if (host === undefined) throw new Error("a copy without hosts");
  const files = placesIn(releaseFolder(copy, context)).files(host.treeId);
  if (roll(20) === 0) await seal(copy, context);
  else {
    await fs.mkdir(files, { recursive: true });
    await writeTree(host.tree, { folder: files, manifest: host.manifest });
  }
  return files;
}

/** Nothing of what was sealed leads out, link by link. */
async function assertInside(files: string): Promise<void> {
  // With types, as Node's readdir(recursive) follows links without them.
  for (const { name, parentPath } of await fs.readdir(files, { recursive: true, withFileTypes: true })) {
    const real = await fs.realpath(path.join(parentPath, name)).catch(() => files);
    expect(`${real}/`.startsWith(`${await fs.realpath(files)}/`), `${name} leads to ${real}`).toBe(true);
  }
}

/** But for the folder where releases of the project come and go. */
async function after(base: string): Promise<Record<string, string>> {
  const found = Object.entries(await readTree(base));
  return Object.fromEntries(found.filter(([name]) => name !== "shop/RELEASE/dev/shop"));
}
