import fs from "node:fs/promises";
import path from "node:path";
import { sha256 } from "@facsimile/core";
import type { GitPlace } from "../../git.ts";
import { type Address, environmentOf } from "./address.ts";
import { temporary } from "./leftovers.ts";
import { safeGit, trySafeGit } from "./safe-git.ts";

/**
 * A bare copy of a repository, so that a second version costs only what is new. Each fetch makes a new copy, linked file by
 * file from the one before, and then renames the link `current`: a reader sees one or the other, a killed fetch leaves
 * nothing that counts, and two at once do not meet. It may be removed at any time.
 */
export interface Mirror {
  readonly address: Address;
  /** `SRC/.mirrors/<name>-<digest of the address>/` */
  readonly folder: string;
}

export function mirrorOf(address: Address, sources: string): Mirror {
  const name = path.basename(address.url, ".git").replace(/[^A-Za-z0-9._-]/g, "") || "repository";
  return { address, folder: path.join(sources, ".mirrors", `${name}-${sha256(address.url).slice(0, 12)}`) };
}

/** The commit that `name` leads to in the mirror, as it is; `undefined` when it has none or is not there. */
export async function commitIn(
  mirror: Mirror,
  { name, ...place }: GitPlace & { name: string },
): Promise<string | undefined> {
  const current = await currentOf(mirror);
  if (current === undefined) return undefined;
  const args = [`--git-dir=${current}`, "rev-parse", "--verify", "--quiet", "--end-of-options", `${name}^{commit}`];
  const { exitCode, stdout } = await trySafeGit(args, place);
  return exitCode === 0 ? stdout : undefined;
}

/** The newest copy, absolute. */
export async function currentOf({ folder }: Mirror): Promise<string | undefined> {
  return fs.realpath(path.join(folder, "current")).catch(() => undefined);
}

export interface Refreshing extends GitPlace {
  /** Nothing is fetched where this is here already. */
  readonly commit?: string | undefined;
  /** Trusts nothing that is here. Default `false`. */
  readonly anew?: boolean | undefined;
}

/** Fetches all branches and tags, and `commit` where none of them leads to it. One that is damaged is made anew. @throws `GIT_FAILED` */
export async function refresh(mirror: Mirror, { anew = false, ...place }: Refreshing): Promise<void> {
  await inTurn(mirror.folder, async () => {
    const { commit } = place;
    if (!anew && commit !== undefined && (await commitIn(mirror, { ...place, name: commit })) !== undefined) return;
    const before = anew ? undefined : await currentOf(mirror);
    try {
      await replace(mirror, { ...place, before });
    } catch (error) {
      if (before === undefined || place.signal?.aborted === true) throw error;
      await replace(mirror, { ...place, before: undefined });
    }
  });
}

type Replacing = GitPlace & { readonly commit?: string | undefined; readonly before: string | undefined };

async function replace(mirror: Mirror, { before, commit, ...place }: Replacing): Promise<void> {
  const last = await currentOf(mirror);
  const next = await temporary(mirror.folder, { prefix: "copy-", inUse: last });
  try {
    if (before === undefined) await safeGit(["init", "--quiet", "--bare", "--template=", "--", next], place);
    else await safeGit(["clone", "--quiet", "--mirror", "--local", "--template=", "--", before, next], place);
    await fetchInto(next, { ...place, mirror, commit });
    const link = `${next}.link`;
    await fs.symlink(path.basename(next), link);
    await fs.rename(link, path.join(mirror.folder, "current"));
  } catch (error) {
    await fs.rm(next, { recursive: true, force: true });
    throw error;
  }
  // Whoever reads it just now reads again.
  if (last !== undefined) await fs.rm(last, { recursive: true, force: true });
}

async function fetchInto(
  gitDir: string,
  { mirror, commit, ...place }: GitPlace & { readonly mirror: Mirror; readonly commit: string | undefined },
): Promise<void> {
  const { address } = mirror;
  const fetch = (...refs: readonly string[]) => {
    const args = [
      `--git-dir=${gitDir}`,
      "fetch",
      "--quiet",
      "--no-write-fetch-head",
      "--prune",
      "--no-tags",
      "--force",
    ];
    return safeGit([...args, "--", address.url, ...refs], { ...place, env: environmentOf(address) });
  };
  await fetch("+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*");
  if (commit === undefined || (await isIn(gitDir, { ...place, commit }))) return;
  await fetch(`+${commit}:refs/facs/${commit}`);
}

async function isIn(gitDir: string, { commit, ...place }: GitPlace & { readonly commit: string }): Promise<boolean> {
  return (await trySafeGit([`--git-dir=${gitDir}`, "cat-file", "-e", `${commit}^{commit}`], place)).exitCode === 0;
}

const running = new Map<string, Promise<unknown>>();

/** Two projects of one repository fetch it once. */
async function inTurn(key: string, work: () => Promise<void>): Promise<void> {
  const mine = (running.get(key) ?? Promise.resolve()).then(work, work);
  running.set(key, mine);
  try {
    await mine;
  } finally {
    if (running.get(key) === mine) running.delete(key);
  }
}
