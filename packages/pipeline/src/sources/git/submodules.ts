import fs from "node:fs/promises";
import path from "node:path";
import { FacsimileError, isFacsimileError } from "@facsimile/core";
import type { PipelineContext } from "../../context.ts";
import type { GitPlace } from "../../git.ts";
import { type Address, submoduleAddress } from "./address.ts";
import { type Mirror, mirrorOf } from "./mirror.ts";
import { safeGit, trySafeGit, workTree } from "./safe-git.ts";

export type SourcePlace = GitPlace & Pick<PipelineContext, "onEvent">;

export interface Submodules {
  /** The checkout that has them. */
  readonly folder: string;
  readonly address: Address;
  /** `SRC/` */
  readonly mirrors: string;
  /** Puts a submodule, with its own, where it belongs. */
  readonly checkOut: (submodule: CheckingOut) => Promise<void>;
}

export interface CheckingOut {
  readonly mirror: Mirror;
  /** Empty, or not there. */
  readonly folder: string;
  readonly commit: string;
}

/**
 * Fills the submodules of a checkout, and theirs: each from a mirror of its own, at the commit that is written down. Of a
 * repository's own settings only `path` and `url` are read.
 *
 * @throws `SUBMODULE_REFUSED`: an address on this machine that no definition named. `NO_SOURCE`: one that has not what is needed.
 */
export async function placeSubmodules(
  { folder, address, mirrors, checkOut }: Submodules,
  place: SourcePlace,
): Promise<void> {
  const at = { ...place, cwd: folder };
  const links = await gitLinks(folder, at);
  if (links.length === 0) return;
  const urls = await urlsOf(folder, at);
  for (const { name, commit } of links) {
    const url = urls.get(name);
    if (url === undefined) {
      // A repository that somebody added by mistake; git leaves the folder empty too.
      place.onEvent({
        type: "warning",
        message: `${name} stays empty: the .gitmodules of ${address.url} has no address of it`,
      });
      continue;
    }
    const found = submoduleAddress(url, address);
    if (found === undefined) throw refused({ name, url, address });
    const target = path.join(folder, name);
    await assertInside(target, folder);
    await checkOut({ mirror: mirrorOf(found, mirrors), folder: target, commit }).catch((error: unknown) => {
      throw place.signal?.aborted === true ? error : unreadable(error, { name, commit, found, address });
    });
  }
}

/** gitmodules(5), gitsubmodules(7): an entry of mode 160000 names the commit. */
async function gitLinks(folder: string, place: GitPlace): Promise<{ name: string; commit: string }[]> {
  const listed = await safeGit([...workTree(folder), "ls-files", "--stage", "-z"], place);
  return listed.split("\0").flatMap((entry) => {
    const [, commit, name] = /^160000 ([0-9a-f]+) 0\t([\s\S]+)$/.exec(entry) ?? [];
    return commit === undefined || name === undefined ? [] : [{ name, commit }];
  });
}

async function urlsOf(folder: string, place: GitPlace): Promise<Map<string, string>> {
  // Of the commit, so that a link in its place leads nowhere.
  const args = [...workTree(folder), "config", "--blob", "HEAD:.gitmodules", "--null", "--list"];
  const { stdout } = await trySafeGit(args, place);
  const modules = new Map<string, { path?: string; url?: string }>();
  for (const line of stdout.split("\0")) {
    const [, name = "", key] = /^submodule\.([\s\S]*)\.(path|url)\n/.exec(line) ?? [];
    if (key === undefined) continue;
    modules.set(name, { ...modules.get(name), [key]: line.slice(line.indexOf("\n") + 1) });
  }
  return new Map([...modules.values()].flatMap(({ path: at, url }) => (at && url ? [[at, url] as const] : [])));
}

// git checks paths itself; on file systems that take `A` for `a` a link could still stand in the way.
async function assertInside(target: string, folder: string): Promise<void> {
  const real = await fs.realpath(target);
  if (real === path.join(await fs.realpath(folder), path.relative(folder, target))) return;
  throw new FacsimileError("SUBMODULE_REFUSED", `the submodule at ${target} would land in ${real}`);
}

/** What git says of a submodule that is gone, or lacks its commit, with the submodule and what to do. */
function unreadable(
  error: unknown,
  { name, commit, found, address }: { name: string; commit: string; found: Address; address: Address },
): unknown {
  if (!isFacsimileError(error, "GIT_FAILED")) return error;
  const [, ...why] = error.message.split("\n");
  const message = `${address.url}: its submodule ${name} cannot be had from ${found.url}:\n${why.join("\n")}`;
  const hint = `Put commit ${commit.slice(0, 12)} there, or mend the address in .gitmodules; see what is there: git ls-remote ${found.url}`;
  return new FacsimileError("NO_SOURCE", message, { cause: error, hint });
}

function refused({ name, url, address }: { name: string; url: string; address: Address }): FacsimileError {
  const message = `${address.url} has a submodule at ${name} from ${url}, which is on this machine`;
  return new FacsimileError("SUBMODULE_REFUSED", message, {
    hint: "A repository may name others on this machine only relative to itself, as in ../other: only you decide which of your files are deployed.",
  });
}
