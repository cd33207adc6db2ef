import { FacsimileError, isFacsimileError } from "@facsimile/core";
import { findConglomerate, planVersionEdit, type TextEdit } from "@facsimile/definitions";
import type { PipelineContext } from "../context.ts";
import type { Outline } from "../instance/outline.ts";
import { writeEdit } from "../write-edit.ts";
import { commit, type Publication } from "./publish.ts";

/**
 * Writes versions into the definition, and commits. Where that fails, the definition says again what it said: the next run
 * would take the version for what was committed long ago.
 *
 * @throws `GIT_FAILED`, `EDIT_STALE`
 */
export async function writeVersions(
  outline: Outline,
  { publication, context }: { publication: Publication; context: PipelineContext },
): Promise<void> {
  const written: TextEdit[] = [];
  try {
    for await (const edit of editsOf(outline, context)) {
      await writeEdit(edit, context);
      written.push(edit);
    }
    await commit(publication, context);
  } catch (error) {
    throw notWritten(error, await takeBack(written, context));
  }
}

// One after the other, each planned anew: two versions may stand in one file.
async function* editsOf({ projects, instance }: Outline, { root, env }: PipelineContext): AsyncGenerator<TextEdit> {
  for (const { project, version } of projects.filter(({ edited }) => edited)) {
    const edit = await planVersionEdit(await findConglomerate(root), { instance, project, version, env });
    if (edit !== undefined) yield edit;
  }
}

/** @returns Those files that somebody else, such as a hook of git, changed meanwhile: they stay. */
async function takeBack(written: readonly TextEdit[], context: PipelineContext): Promise<string[]> {
  const left = new Set<string>();
  for (const { file, before, after } of written.toReversed())
    await writeEdit({ file, before: after, after: before }, context).catch(() => left.add(file));
  return [...left];
}

function notWritten(error: unknown, left: readonly string[]): unknown {
  if (!isFacsimileError(error, "GIT_FAILED")) return error;
  const stays = left.length === 0 ? "the definition is as it was" : `look at ${left.join(", ")}: the new version is still there`; // biome-ignore format: one line
  return new FacsimileError(error.code, error.message, {
    hint: `No host was touched, and ${stays}. Mend what git says, then deploy again.`,
  });
}
