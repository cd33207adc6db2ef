import fs from "node:fs/promises";
import { compareTrees, manifestOf, type Tree } from "@facsimile/manifest";
import { dice, effort, SEED } from "@facsimile/testing";
import { expect, it } from "vitest";
import { deploy, hostsFor, lockOf, login, place, treeOfFiles } from "./world.ts";

const hosts = await hostsFor(["h"]);
const roll = dice();

const NAMES = [
  "a", "b.txt", "-", "--help", "-rf", " lead", "trail ", "two  blanks", "a\nb", "\n", "cr\r", "tab\t", "back\\slash", "a\\nb", "'", '"', "`id`", "$HOME", "*", "?",
  "[x]", "{a,b}", "#c", "!", ";", "&", "|", "~", "é", "日本語", "💾", "\u202e", "\u00a0", "\x01", "\x7f", "...", "..a", ".hidden", "long-".repeat(50), "ż".repeat(127),
]; // biome-ignore format: a list

/** Files, folders and links of odd names; each tree shares some with those before it. */
async function randomTree(): Promise<Tree> {
  const files: Record<string, string> = {};
  const modes: Record<string, number> = {};
  const folders = [""];
  for (let count = roll(15) + 2; count > 0; count--) {
    const name = `${folders[roll(folders.length)]}${NAMES[roll(NAMES.length)]}`;
    if (name in files || Buffer.byteLength(name) > 3000) continue;
    const kind = (["dir:", "link:", "secret:"] as const)[roll(10)] ?? "";
    if (kind === "dir:") folders.push(`${name}/`);
    files[name] = kind + contentOf(kind);
    modes[name] = kind === "dir:" ? 0o700 | roll(0o100) : roll(0o1000) | 0o400;
  }
  return await treeOfFiles({ ...files, always: "x" }, modes);
}

function contentOf(kind: string): string {
  if (kind === "dir:") return "";
  return kind === "link:" ? (NAMES[roll(NAMES.length)] ?? "") : `${roll(4)}`.repeat(roll(3000) + 1);
}

it("random trees, one over the other, are on the host what they are here; one byte that is planted is found", {
  timeout: 1_200_000,
}, async () => {
  const session = await login(hosts, "h");
  const lock = await lockOf(session);
  let linked = 0;
  for (let round = 0; round < effort({ short: 20, long: 1000 }); round++) {
    const label = `seed ${SEED}, round ${round}`;
    const nodes = await randomTree();
    const manifest = await manifestOf(nodes);
    linked += (await deploy(lock, nodes, { run: `run-${round}` })).linked;
    const listed = await session.list(place);
    expect(listed.manifest, label).toEqual(manifest);
    expect((await session.probe(place)).snapshot, label).toBe("same");

    const files = manifest.entries.filter((entry) => entry.type === "file");
    const { path, size } = files[roll(files.length)] ?? { path: "", size: 0 };
    const file = `${session.userHome}/shop/storefront/releases/${listed.dir}/${path}`;
    const { atime, mtime, mode } = await fs.stat(file);
    await fs.chmod(file, 0o600);
    const planted = await fs.open(file, "r+");
    await planted.write("\u0007", roll(size));
    await planted.close();
    await fs.chmod(file, mode & 0o7777);
    await fs.utimes(file, atime, mtime);
    expect(compareTrees(manifest, (await session.list(place)).manifest), label).toMatchObject([
      { kind: "changed", path },
    ]);
    expect(await session.probe(place), label).toMatchObject({ snapshot: "moved", moved: [path] });
  }
  expect(linked).toBeGreaterThan(0);
});
