import { FacsimileError } from "@facsimile/core";
import type { PipelineContext } from "../context.ts";
import type { Outline } from "../instance/outline.ts";
import { definitionCommit } from "../state/publish.ts";

/** Why a protected instance takes nothing that is made from the definitions as they are: `DEFINITION_DIRTY`. None: it does. */
export async function uncommitted(
  { instance, isProtected }: Pick<Outline, "instance" | "isProtected">,
  context: PipelineContext,
): Promise<readonly FacsimileError[]> {
  if (!isProtected || !(await definitionCommit(context)).dirty) return [];
  const message = `${instance.full} is protected, and the definitions have changes that no commit has`;
  return [new FacsimileError("DEFINITION_DIRTY", message, { hint: "Commit them first: git status" })];
}
