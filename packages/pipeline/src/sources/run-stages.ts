import type { PipelineContext } from "../context.ts";
import { evaluate } from "../deploy/evaluate.ts";
import type { CopyRequest } from "../instance/outline.ts";
import { outline } from "../instance/outline-of.ts";
import { beforeDeploy, prepare } from "./prepare.ts";
import { stageNames, stagesToRun } from "./stages.ts";

/** What was done of a way that did not go to its end. */
export interface StagesReport {
  readonly schema: "stages/1";
  readonly instance: string;
  readonly projects: readonly {
    readonly project: string;
    readonly version: string;
    readonly stages: readonly string[];
  }[];
}

/** Runs stages that end before the deploy: nothing is sealed, written into the state, or asked of a host. */
export async function runStages(request: CopyRequest, context: PipelineContext): Promise<StagesReport> {
  const outlined = await outline(request, context);
  const projects = outlined.projects.map(({ project, version, definition }) => {
    const stages = stagesToRun(stageNames(definition, project), outlined.stages);
    return { project, version, stages };
  });
  const isInstalled = projects.some(({ stages }) => stages.includes("install"));
  const prepared = isInstalled
    ? (await evaluate(outlined, context, { use: "read" })).projects
    : await prepare(outlined, context);
  await beforeDeploy({ outline: outlined, projects: prepared }, context);
  return { schema: "stages/1", instance: outlined.instance.full, projects };
}
