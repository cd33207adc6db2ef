import os from "node:os";
import { FacsimileError, settled, throwProblems } from "@facsimile/core";
import { resolve } from "@facsimile/definitions";
import pLimit from "p-limit";
import type { PipelineContext } from "../context.ts";
import { notYet } from "../instance/not-yet.ts";
import type { Outline, WantedProject } from "../instance/outline.ts";
import { tellWarnings } from "../instance/warnings.ts";
import { afterBuild, type BuildRequest, build } from "./build.ts";
import type { Checkout } from "./checkout.ts";
import { excludeFile } from "./exclude-file.ts";
import { ownStages, stageNames, stagesToRun } from "./stages.ts";
import { takeSources } from "./take-sources.ts";

/** A project whose sources are here and built. */
export interface PreparedProject extends WantedProject {
  readonly source: Checkout;
  /** The folder of `tmpl/` and `extra/`, absolute. */
  readonly own: string;
  readonly build: string;
}

/** Checks out and builds what the outline names, as many at once as this machine has processors. */
export async function prepare(outline: Outline, context: PipelineContext): Promise<PreparedProject[]> {
  const chosen = outline.projects.map(({ definition, project }) =>
    stagesToRun(stageNames(definition, project), outline.stages),
  );
  const slots = pLimit(os.availableParallelism());
  const work = outline.projects.map((wanted, index) =>
    slots(() => prepareOne(wanted, { ...context, outline, chosen: chosen[index] ?? [] })),
  );
  const prepared = await settled(work);
  tellWarnings(
    prepared.map(({ definition }) => definition),
    context,
  );
  return prepared;
}

/** Runs the stages between install and deploy. A failure stops the deploy before any host is touched. */
export async function beforeDeploy(
  { outline, projects }: { readonly outline: Outline; readonly projects: readonly PreparedProject[] },
  context: PipelineContext,
): Promise<void> {
  for (const prepared of projects) {
    const { definition, project } = prepared;
    const chosen = stagesToRun(stageNames(definition, project), outline.stages);
    const stages = ownStages(definition, project).after.filter(({ name }) => chosen.includes(name));
    if (stages.length > 0) await afterBuild({ ...requestOf(prepared, outline), stages }, context);
  }
}

interface Preparing extends PipelineContext {
  readonly outline: Outline;
  readonly chosen: readonly string[];
}

async function prepareOne(wanted: WantedProject, preparing: Preparing): Promise<PreparedProject> {
  const { outline, chosen, ...context } = preparing;
  const { source, own, definition } = await fetched(wanted, { ...context, outline });
  throwProblems([
    ...notYet(definition),
    ...movable({ ...wanted, source }, outline),
    ...(await excludeFile({ source, definition })),
  ]);
  const { before, after } = ownStages(definition, wanted.project);
  const names = stageNames(definition, wanted.project);
  const place = (name: string | undefined) => names.indexOf(name ?? "");
  const stages = before.filter(({ name }) => place(name) <= place(chosen.at(-1)));
  const from = stages.filter(({ name }) => place(name) < place(chosen[0])).length;
  const prepared = { ...wanted, definition, source, own };
  // Stages after the install need a folder to work in too.
  const isBuilt = stages.length > 0 || after.some(({ name }) => chosen.includes(name));
  const folder = isBuilt ? await build({ ...requestOf(prepared, outline), stages, from }, context) : source.dir;
  return { ...prepared, build: folder };
}

function requestOf(
  { project, version, source }: Pick<PreparedProject, "project" | "version" | "source">,
  { instance }: Outline,
): Omit<BuildRequest, "stages"> {
  return { instance: instance.full, project, version, source };
}

async function fetched(
  wanted: WantedProject,
  { outline, ...context }: PipelineContext & { readonly outline: Outline },
): Promise<Pick<PreparedProject, "source" | "own" | "definition">> {
  const { project, carried } = wanted;
  if (carried !== undefined) return { ...carried, definition: wanted.definition };
  const { conglomerate, instance, set } = outline;
  const source = await takeSources({ wanted, outline }, context);
  const definition = await resolve(conglomerate, { instance, set, env: context.env, project, source: source.dir });
  return { source, own: context.own, definition };
}

/** A protected instance takes what can be named again: a tag, or a commit. */
function movable(
  { project, version, source, position }: WantedProject & { readonly source: Checkout },
  { isProtected, instance }: Outline,
): FacsimileError[] {
  if (!isProtected || source.kind === "tag" || source.kind === "commit") return [];
  const [what, hint] =
    source.kind === "branch"
      ? [
          `${version} of ${project} is a branch, which moves`,
          `Name a tag, or its commit of now: ${project}@${source.commit.slice(0, 12)}`,
        ]
      : [`the sources of ${project} are a working tree`, "Commit and tag them, then deploy that version."];
  return [new FacsimileError("SOURCE_NOT_FIXED", `${instance.full} is protected, and ${what}`, { hint, position })];
}
