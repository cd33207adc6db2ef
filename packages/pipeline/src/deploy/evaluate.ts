import type { PipelineContext } from "../context.ts";
import { modulesOf } from "../instance/modules-of.ts";
import type { Outline } from "../instance/outline.ts";
import { copiesOf } from "../release/copies.ts";
import type { Copy } from "../release/release.ts";
import { type OpenedState, openStateOf, type StateRequest } from "../secrets/open.ts";
import { assertReferences } from "../secrets/references.ts";
import { type PreparedProject, prepare } from "../sources/prepare.ts";
import { secretsGiven } from "./journal/given-set.ts";

export interface Evaluation {
  readonly projects: readonly PreparedProject[];
  readonly state: OpenedState;
  readonly copies: readonly Copy[];
}

/** Everything that can be known without a host: sources, state, and what each host is to hold. */
export async function evaluate(
  outlined: Outline,
  context: PipelineContext,
  options: Pick<StateRequest, "use" | "acceptRollback">,
): Promise<Evaluation> {
  context.redactor.add(...secretsGiven(outlined.set, outlined.definition));
  const projects = await prepare(outlined, context);
  const modules = projects.flatMap(({ definition }) => modulesOf(definition));
  const state = await openStateOf({ definition: outlined.definition, modules, ...options }, context);
  const definitions = projects.map(({ definition }) => definition);
  assertReferences(definitions, { ...state, instance: outlined.instance });
  return { projects, state, copies: await copiesOf({ outline: outlined, projects, state }, context) };
}
