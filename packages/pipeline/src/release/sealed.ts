import fs from "node:fs/promises";
import path from "node:path";
import { isFacsimileError } from "@facsimile/core";
import type { Trust } from "@facsimile/state";
import type { PipelineContext } from "../context.ts";
import { lookAt, readSeen, writeSeen } from "../seen.ts";
import { placesIn } from "./layout.ts";
import type { Release } from "./release.ts";
import { isSameJson } from "./same-json.ts";
import { damaged, damageIn, readManifests, readSealed, type SealedBytes } from "./whole.ts";

type Context = Pick<PipelineContext, "root" | "onEvent"> & { readonly trust: Trust; readonly folder: string };

/**
 * What is sealed in `folder` already, if it is whole, signed by somebody who is trusted, and says what `release` says. Of
 * damage it tells; what is undefined is to be sealed anew.
 *
 * @throws `RELEASE_NEWER`, `MANIFEST_NEWER`: that is not ours to replace
 */
export async function findSealed(release: Release, context: Context): Promise<SealedBytes | undefined> {
  const { folder, trust } = context;
  if (!(await isThere(folder))) return undefined;
  const name = path.relative(context.root, folder);
  try {
    const sealed = await readSealed(folder, { name, trust, scope: release.state.scope });
    if (!says(sealed.release, release)) return undefined;
    const manifests = await readManifests(folder, { release: sealed.release, name });
    const look = lookAt(placesIn(folder).trees);
    if (readSeen(look, "whole") === release.id) return sealed;
    const [first, ...more] = await damageIn(folder, { release: sealed.release, manifests, name });
    if (first === undefined) {
      writeSeen(look, "whole", release.id);
      return sealed;
    }
    throw damaged(name, `${first.path.slice(65)} is ${WORDS[first.kind]}${more.length === 0 ? "" : `, and ${more.length} more`}`); // biome-ignore format: one line
  } catch (error) {
    if (!isFacsimileError(error) || error.code.endsWith("_NEWER")) throw error;
    context.onEvent({ type: "warning", message: error.message, hint: "It is sealed anew." });
    return undefined;
  }
}

const WORDS = {
  missing: "not there",
  extra: "not of the release",
  changed: "changed",
  mode: "of another mode",
  type: "of another type",
  target: "a link to elsewhere",
} as const;

/**
 * True where the sealed document is still true of what is now evaluated. Its id covers the trees, and a definition that
 * is committed may be any that gives the same; but what a commit has now is not to go out as uncommitted, and hooks are
 * what hosts run.
 */
function says(sealed: Release, now: Release): boolean {
  const isDirtyStill = !("dirty" in sealed.definition) || "dirty" in now.definition;
  const kept = ({ id, hooks, source, trees }: Release) => ({ id, hooks, source, trees });
  return isDirtyStill && isSameJson(kept(sealed), kept(now));
}

async function isThere(folder: string): Promise<boolean> {
  return fs.access(folder).then(
    () => true,
    () => false,
  );
}
