import { throwProblems } from "@facsimile/core";
import { resolve } from "@facsimile/definitions";
import type { PipelineContext } from "../context.ts";
import { notYet } from "../instance/not-yet.ts";
import type { Outline, WantedProject } from "../instance/outline.ts";
import { tellWarnings } from "../instance/warnings.ts";
import { build } from "./build.ts";
import { type Checkout, checkout } from "./checkout.ts";
import { repositoryOf } from "./repository.ts";

/** A project whose sources are here and built. */
export interface PreparedProject extends WantedProject {
  readonly source: Checkout;
  /** The folder of `tmpl/` and `extra/`, absolute. */
  readonly own: string;
  readonly build: string;
}

/** Checks out and builds what the outline names, side by side. */
export async function prepare(outline: Outline, context: PipelineContext): Promise<PreparedProject[]> {
  const work = outline.projects.map(async (wanted) => {
    const { source, own, definition } = await fetched(wanted, { ...context, outline });
    throwProblems(notYet(definition));
    const { project, version } = wanted;
    const commands = definition.values.build?.run ?? [];
    const built = await build({ instance: outline.instance.full, project, version, source, commands }, context);
    return { ...wanted, definition, source, own, build: built };
  });
  await Promise.allSettled(work);
  const prepared = await Promise.all(work);
  tellWarnings(
    prepared.map(({ definition }) => definition),
    context,
  );
  return prepared;
}

async function fetched(
  wanted: WantedProject,
  { outline, ...context }: PipelineContext & { readonly outline: Outline },
): Promise<Pick<PreparedProject, "source" | "own" | "definition">> {
  const { project, carried } = wanted;
  if (carried !== undefined) return { ...carried, definition: wanted.definition };
  const { conglomerate, instance, set } = outline;
  const source = await checkout(repositoryOf(wanted), context);
  const definition = await resolve(conglomerate, { instance, set, env: context.env, project, source: source.dir });
  return { source, own: context.own, definition };
}
