import { FacsimileError, isFacsimileError, type Position, problemsOf, throwProblems } from "@facsimile/core";
import { conglomerateOf, type Definition, type Origin, type ResolveOptions, resolve } from "@facsimile/definitions";
import type { GitContext } from "../git.ts";
import { definitionTexts, type RevisionRequest } from "./revision.ts";

/**
 * The definition as it was in a git revision. What it says of files names the revision: `HEAD~1:define/staging.json5`.
 *
 * @throws What {@link definitionTexts} and `resolve` throw; the revision is named there too
 */
export async function resolveAt(
  { root, ref, ...options }: ResolveOptions & RevisionRequest,
  context: GitContext,
): Promise<Definition> {
  const texts = await definitionTexts({ root, ref }, context);
  try {
    return definitionAt(ref, await resolve(conglomerateOf(texts, { root }), options));
  } catch (error) {
    if (!isFacsimileError(error)) throw error;
    throwProblems(problemsOf(error).map((problem) => problemAt(ref, problem)));
    throw error;
  }
}

function definitionAt(ref: string, definition: Definition): Definition {
  return Object.freeze<Definition>({
    ...definition,
    warnings: definition.warnings.map((warning) => ({ ...warning, position: positionAt(ref, warning.position) })),
    files: definition.files.map((file) => `${ref}:${file}`),
    origin: (path, host) => {
      const origin = definition.origin(path, host);
      return origin && originAt(ref, origin);
    },
  });
}

function originAt(ref: string, origin: Origin): Origin {
  const { layer, position, overrode } = origin;
  return {
    ...origin,
    layer: position === undefined ? layer : `${ref}:${layer}`,
    position: positionAt(ref, position),
    overrode: overrode.map((each) => originAt(ref, each)),
  };
}

function positionAt(ref: string, position: Position | undefined): Position | undefined {
  return position && { ...position, file: `${ref}:${position.file}` };
}

function problemAt(ref: string, { code, message, hint, cause, position }: FacsimileError): FacsimileError {
  const told = position === undefined ? `in ${ref}, ${message}` : message;
  return new FacsimileError(code, told, { hint, cause, position: positionAt(ref, position) });
}
