import type { PipelineContext } from "../context.ts";
import type { Evaluation } from "../deploy/evaluate.ts";
import { provenanceOf } from "../sources/checkout.ts";
import { definitionCommit } from "../state/publish.ts";
import { definitionDigest } from "./digest.ts";
import type { Release } from "./release.ts";
import { type SealedRelease, seal } from "./seal.ts";

/** Seals the release of every project, by project name. */
export async function sealAll(
  evaluation: Evaluation,
  context: PipelineContext,
): Promise<ReadonlyMap<string, SealedRelease>> {
  const { state, keyring, trust } = evaluation.state;
  const definition = await definitionOf(evaluation, context);
  const made = { state: { scope: state.scope, serial: state.serial }, definition, keyring, trust };
  const sealed = new Map<string, SealedRelease>();
  for (const copy of evaluation.copies) sealed.set(copy.project, await seal(copy, { ...context, ...made }));
  return sealed;
}

async function definitionOf(evaluation: Evaluation, context: PipelineContext): Promise<Release["definition"]> {
  const [carried] = evaluation.projects.flatMap(({ carried }) => carried ?? []);
  if (carried !== undefined) return provenanceOf(carried.source);
  const { commit, dirty } = await definitionCommit(context);
  return dirty || commit === undefined ? { dirty: await definitionDigest(evaluation, context) } : { commit };
}
