import fs from "node:fs/promises";
import path from "node:path";
import type { GitPlace } from "../../git.ts";
import { lookAt, readSeen, writeSeen } from "../../seen.ts";
import { temporary } from "./leftovers.ts";
import { currentOf, type Mirror, refresh } from "./mirror.ts";
import type { Named } from "./remote.ts";
import { safeGit, trySafeGit, workTree } from "./safe-git.ts";
import { type CheckingOut, placeSubmodules, type SourcePlace } from "./submodules.ts";

/** What is known of a checkout that is there. */
export interface Placed {
  readonly commit: string;
  /** `tag` for one that does not say. */
  readonly kind: Named["kind"];
  readonly url: string;
  /** `git status`, empty when nothing was changed by hand. */
  readonly changes: string;
}

/**
 * Puts a commit of the mirror into `folder`, with its submodules, in place of a checkout that is there. It is made beside
 * and renamed, and shares only links to files with the mirror: neither needs the other afterwards.
 */
export async function placeWorkTree(
  { mirror, folder, named }: { readonly mirror: Mirror; readonly folder: string; readonly named: Named },
  place: SourcePlace & { readonly sources: string },
): Promise<void> {
  const partial = await temporary(place.sources, { prefix: ".clone-" });
  try {
    await checkOut({ mirror, folder: partial, commit: named.commit }, place);
    const config = ["config", "--file", path.join(partial, ".git/config")];
    await safeGit([...config, "facsimile.kind", named.kind], place);
    await safeGit([...config, "facsimile.commit", named.commit], place);
    await moveInto(folder, { ...place, partial, commit: named.commit });
  } finally {
    await fs.rm(partial, { recursive: true, force: true });
  }
}

/** The checkout in `folder`; `undefined` when git cannot read it. */
export async function readWorkTree(folder: string, place: GitPlace): Promise<Placed | undefined> {
  const look = lookAt(folder);
  const seen = readSeen<Placed>(look, "checkout");
  if (seen !== undefined) return seen;
  const at = workTree(folder);
  const head = await trySafeGit([...at, "rev-parse", "--verify", "--quiet", "HEAD^{commit}"], place);
  // Files that git ignores count: they would be built and deployed with the others.
  const status = ["status", "--porcelain", "--untracked-files=normal", "--ignored", "--ignore-submodules=none"];
  const changes = await trySafeGit([...at, ...status], { ...place, cwd: folder });
  if (head.exitCode !== 0 || changes.exitCode !== 0) return undefined;
  const { kind, commit, url } = await noted(folder, place);
  const moved = commit !== undefined && commit !== head.stdout ? `HEAD is at ${head.stdout.slice(0, 12)}` : "";
  const placed = { commit: commit ?? head.stdout, kind, url, changes: [moved, changes.stdout].filter(Boolean).join("\n") }; // biome-ignore format: one line
  if (placed.changes === "") writeSeen(look, "checkout", placed);
  return placed;
}

/** What stands in its configuration. */
export async function noted(
  folder: string,
  place: GitPlace,
): Promise<{ kind: Named["kind"]; commit: string | undefined; url: string }> {
  const file = path.join(folder, ".git/config");
  const { stdout } = await trySafeGit(["config", "--file", file, "--null", "--list"], place);
  const values = new Map(
    stdout.split("\0").map((line) => [line.split("\n", 1)[0], line.slice(line.indexOf("\n") + 1)]),
  );
  const kind = values.get("facsimile.kind");
  return {
    kind: kind === "branch" || kind === "commit" ? kind : "tag",
    commit: values.get("facsimile.commit"),
    url: values.get("remote.origin.url") ?? "",
  };
}

/** Writes a new address of the same content down. */
export async function noteUrl(folder: string, { url, ...place }: GitPlace & { readonly url: string }): Promise<void> {
  await safeGit(["config", "--file", path.join(folder, ".git/config"), "remote.origin.url", url], place);
}

/** A mirror that another run replaced just then is read again; a damaged one is made anew. */
export async function checkOut({ mirror, folder, commit }: CheckingOut, place: SourcePlace): Promise<void> {
  await refresh(mirror, { ...place, commit });
  const from = (await currentOf(mirror)) ?? mirror.folder;
  try {
    await cloneAt({ mirror, folder, commit, from }, place);
  } catch (error) {
    if (place.signal?.aborted === true) throw error;
    for (const name of await fs.readdir(folder)) await fs.rm(path.join(folder, name), { recursive: true, force: true });
    if ((await currentOf(mirror)) === from) await refresh(mirror, { ...place, commit, anew: true });
    await cloneAt({ mirror, folder, commit, from: (await currentOf(mirror)) ?? from }, place);
  }
  const mirrors = path.dirname(path.dirname(mirror.folder));
  const submodules = { folder, address: mirror.address, mirrors, checkOut: (one: CheckingOut) => checkOut(one, place) };
  await placeSubmodules(submodules, place);
}

async function cloneAt(
  { mirror, folder, commit, from }: CheckingOut & { readonly from: string },
  place: GitPlace,
): Promise<void> {
  await safeGit(["clone", "--quiet", "--local", "--no-checkout", "--template=", "--", from, folder], place);
  await noteUrl(folder, { ...place, url: mirror.address.url });
  const at = { ...place, cwd: folder };
  await safeGit([...workTree(folder), "checkout", "--quiet", "--detach", "--force", commit, "--"], at);
}

// Never half there: what is another commit is moved away first, and what killed runs moved away is swept later. What
// somebody else put there meanwhile, of the same commit, stays: he reads it.
async function moveInto(
  folder: string,
  { partial, commit, ...place }: GitPlace & { partial: string; commit: string; sources: string },
): Promise<void> {
  const old = await temporary(place.sources, { prefix: ".old-" });
  try {
    for (let attempt = 1; ; attempt++) {
      const here = (await noted(folder, place)).commit;
      if (here === commit) return;
      if (here !== undefined) await fs.rename(folder, path.join(old, String(attempt))).catch(unlessMissing);
      const failed = await fs.rename(partial, folder).catch((error: unknown) => ({ error }));
      if (failed === undefined) return;
      if (attempt === ATTEMPTS) throw failed.error;
    }
  } finally {
    await fs.rm(old, { recursive: true, force: true });
  }
}

const ATTEMPTS = 10;

function unlessMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== "ENOENT") throw error;
}
