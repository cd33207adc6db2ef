import { execFile } from "node:child_process";
import fs from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { dice, effort, SEED } from "@facsimile/testing";
import { expect, it } from "vitest";
import { placesIn, releaseFolder } from "../src/release/layout.ts";
import type { HostCopy } from "../src/release/release.ts";
import { seal } from "../src/release/seal.ts";
import { copyFor, hostOf, publicKeys, sealWorld } from "./release-world.ts";
import { folder } from "./world.ts";

const run = promisify(execFile);
const roll = dice();

const PARTS = [
  "a", "b.txt", "-", "--help", "-rf", " lead", "trail ", "two  blanks", "a\nb", "\n", "cr\r", "tab\t", "back\\slash", "a\\nb", "'", '"', "`id`",
  "$HOME", "*", "?", "[x]", "{a,b}", "#c", "!", ";", "&", "|", "~", "é", "e\u0301x", "日本語", "💾", "\u202e", "\u00a0", "\x01", "\x7f", "...", "..a", ".hidden",
  ".git-not", `${"long-".repeat(50)}x`, "ż".repeat(127),
]; // biome-ignore format: a list

/** Some files, folders and links of odd names; what is not allowed beside what is there is left out. */
async function randomTree(dir: string): Promise<void> {
  const folders = [""];
  const names = new Set<string>();
  for (let count = roll(12) + 1; count > 0; count--) {
    const name = path.posix.join(folders[roll(folders.length)] ?? "", PARTS[roll(PARTS.length)] ?? "");
    if (names.has(name.normalize("NFC")) || Buffer.byteLength(path.join(dir, name)) > 3000) continue;
    names.add(name.normalize("NFC"));
    const [file, kind] = [path.join(dir, name), roll(10)];
    if (kind < 2) {
      await fs.mkdir(file);
      folders.push(name);
    } else if (kind === 2) await fs.symlink(PARTS[roll(PARTS.length)] ?? "", file);
    else {
      await fs.writeFile(file, Buffer.alloc(roll(4) === 0 ? 0 : roll(3000), `${roll(1e9)}`));
      await fs.chmod(file, (roll(0o1000) | 0o400) & 0o7777);
    }
  }
}

/** Twenty random trees as the hosts of one release: one signature for all. */
async function randomHosts(count: number): Promise<HostCopy[]> {
  const sources = await folder();
  const hosts: HostCopy[] = [];
  for (let n = 0; n < count; n++) {
    const dir = path.join(sources, `${n}`);
    await fs.mkdir(dir);
    await randomTree(dir);
    const rules = roll(3) === 0 ? [{ match: "**", mode: ["0640", "0400", "0755"][roll(3)] }] : [];
    hosts.push(await hostOf(`host${n}`, { dir, rules }));
  }
  return hosts;
}

async function assertAgrees({ manifest }: HostCopy, files: string): Promise<void> {
  const listed = manifest.entries.filter((entry) => entry.type === "file");
  // sha256sum(1) takes an empty list of sums for a mistake.
  if (listed.length > 0) {
    const { stdout } = await run("sha256sum", ["--check", "--strict", "../SHA256SUMS"], { cwd: files });
    expect(stdout.match(/: OK$/gm), `seed ${SEED}`).toHaveLength(listed.length);
  }
  // With types, as Node's readdir(recursive) follows links without them.
  const found = await fs.readdir(files, { recursive: true, withFileTypes: true });
  expect(found.length, `seed ${SEED}`).toBe(manifest.entries.length);
  for (const entry of manifest.entries) {
    const stat = await fs.lstat(path.join(files, entry.path));
    if (entry.type !== "link") expect(stat.mode & 0o7777, entry.path).toBe(entry.mode);
  }
}

const TITLE = "random trees are built and sealed, and sha256sum and gpg agree with what was signed";

it(TITLE, { timeout: 1_200_000 }, async () => {
  const [context, home] = [await sealWorld(), await folder()];
  await fs.chmod(home, 0o700);
  const gpg = (...args: string[]) => run("gpg", ["--homedir", home, "--batch", "--status-fd", "1", ...args]);
  await gpg("--quiet", "--import", "--", ...(await publicKeys(context)));
  for (let left = effort({ short: 40, long: 1000 }); left > 0; left -= 20) {
    const hosts = await randomHosts(20);
    const copy = copyFor(hosts);
    const { filesOf } = await seal(copy, context);
    const { json, signature } = placesIn(releaseFolder(copy, context));
    expect((await gpg("--verify", "--", signature, json)).stdout).toContain("GOODSIG");
    for (const host of hosts) await assertAgrees(host, filesOf(host.treeId));
    expect((await seal(copy, context)).isOld).toBe(true);
  }
});
