import { type OnEvent, type Run, startRun } from "@facsimile/core";
import type { PipelineContext } from "./context.ts";
import type { DeployRequest } from "./deploy/deploy.ts";
import type { PlanRequest } from "./deploy/plan/plan.ts";
import type { Plan } from "./deploy/plan/types.ts";
import type { DeployReport, VerifyReport } from "./deploy/reports.ts";
import type { RollbackReport } from "./deploy/rollback/report.ts";
import type { RollbackRequest } from "./deploy/rollback/request.ts";
import type { StatusReport } from "./deploy/status.ts";
import type { VerifyRequest } from "./deploy/verify.ts";
import type { PipelineEvent } from "./events.ts";
import type { ChosenRequest } from "./hosts/chosen.ts";
import type { HostKeys, HostsRequest } from "./hosts/known.ts";
import type { LocksReport, ReleaseLocksRequest } from "./hosts/locks.ts";
import type { CommandEvent, CommandReport, CommandRequest } from "./hosts/run.ts";
import type { OriginsRequest, ProjectOrigins } from "./install/origins.ts";
import type { TemplatesRequest } from "./install/project-templates.ts";
import type { RenderedFile, RenderRequest } from "./install/render.ts";
import type { RenderedProject } from "./install/render-trees.ts";
import type { HostFilter } from "./instance/chosen-hosts.ts";
import type { CopyRequest } from "./instance/outline.ts";
import type { BuildReport, BuildRequest } from "./release/build.ts";
import type { ReleaseDifference } from "./release/differ.ts";
import type { ReleaseListing, ReleasesRequest } from "./release/list.ts";
import type { PrunePlan, PruneRequest } from "./release/prune.ts";
import type { ShownRelease } from "./release/show.ts";
import type { StagesReport } from "./sources/run-stages.ts";

// What talks to hosts and renders is loaded when it is asked for: most commands do neither.

/** What the pipeline needs of the world. */
export type PipelineWorld = Omit<PipelineContext, "onEvent">;

/** What a deploy would do to every host. Nothing is changed. */
export function startPlan(request: PlanRequest, world: PipelineWorld): Run<PipelineEvent, Plan> {
  return start(async (context) => (await import("./deploy/plan/plan.ts")).plan(request, context), world);
}

/** Makes every host hold exactly what the definitions say, all or none; the report tells each host's outcome. */
export function startDeploy(request: DeployRequest, world: PipelineWorld): Run<PipelineEvent, DeployReport> {
  return start(async (context) => (await import("./deploy/deploy.ts")).deploy(request, context), world);
}

/** Takes every host back to a release that it holds, all or none; the report tells each host's outcome. */
export function startRollback(request: RollbackRequest, world: PipelineWorld): Run<PipelineEvent, RollbackReport> {
  return start(async (context) => (await import("./deploy/rollback/rollback.ts")).rollback(request, context), world);
}

/** Runs the stages that `request.stages` names, all of them before the deploy; no host is asked. */
export function startStages(request: CopyRequest, world: PipelineWorld): Run<PipelineEvent, StagesReport> {
  return start(async (context) => (await import("./sources/run-stages.ts")).runStages(request, context), world);
}

/** What every host runs, since when, and who is at work there. */
export function startStatus(request: CopyRequest & HostFilter, world: PipelineWorld): Run<PipelineEvent, StatusReport> {
  return start(async (context) => (await import("./deploy/status.ts")).status(request, context), world);
}

/** Which keys are on record for the hosts of an instance; no host is asked. */
export async function listHostKeys(request: HostsRequest, context: PipelineContext): Promise<HostKeys> {
  return (await import("./hosts/known.ts")).listHostKeys(request, context);
}

/** Asks hosts for their keys, and compares with what is on record. */
export async function checkHostKeys(request: HostsRequest, context: PipelineContext): Promise<HostKeys> {
  return (await import("./hosts/known.ts")).checkHostKeys(request, context);
}

/** Puts on record what hosts showed. */
export async function trustHostKeys(keys: HostKeys, context: PipelineContext): Promise<void> {
  return (await import("./hosts/known.ts")).trustHostKeys(keys, context);
}

/** Who has the lock of every host of an instance, until when. Nothing is changed. */
export async function readLocks(request: ChosenRequest, context: PipelineContext): Promise<LocksReport> {
  return (await import("./hosts/locks.ts")).readLocks(request, context);
}

/** Frees locks whose time is over, and, if that is confirmed, those of runs that may still be at work. */
export async function releaseLocks(request: ReleaseLocksRequest, context: PipelineContext): Promise<LocksReport> {
  return (await import("./hosts/locks.ts")).releaseLocks(request, context);
}

/** Runs a command on every chosen host; the events carry what it says. */
export function startCommand(request: CommandRequest, world: PipelineWorld): Run<CommandEvent, CommandReport> {
  const work = async (onEvent: OnEvent<CommandEvent>) => (await import("./hosts/run.ts")).runOnHosts(request, { ...world, onEvent }); // biome-ignore format: one line
  return startRun(work);
}

/** Checks every host, path by path, against the signed release that it holds. */
export function startVerify(request: VerifyRequest, world: PipelineWorld): Run<PipelineEvent, VerifyReport> {
  return start(async (context) => (await import("./deploy/verify.ts")).verify(request, context), world);
}

/** Evaluates an instance and seals its releases; no host is asked. */
export function startBuild(request: BuildRequest, world: PipelineWorld): Run<PipelineEvent, BuildReport> {
  return start(async (context) => (await import("./release/build.ts")).buildReleases(request, context), world);
}

/** The releases of an instance that lie here, newest first. */
export function startReleases(request: ReleasesRequest, world: PipelineWorld): Run<PipelineEvent, ReleaseListing> {
  return start(async (context) => (await import("./release/list.ts")).listReleases(request, context), world);
}

/** Which sealed releases nothing needs: every host is asked what it runs. */
export function startPrunePlan(request: PruneRequest, world: PipelineWorld): Run<PipelineEvent, PrunePlan> {
  return start(async (context) => (await import("./release/prune.ts")).planPrune(request, context), world);
}

/** Removes what the plan names. */
export function startPrune(plan: PrunePlan, world: PipelineWorld): Run<PipelineEvent, void> {
  return start(async (context) => (await import("./release/prune.ts")).prune(plan, context), world);
}

/** One release in full, each byte held against its signature: by 7 digits of its id, or `INSTANCE/PROJECT`. */
export function startShow(word: string, world: PipelineWorld): Run<PipelineEvent, ShownRelease> {
  return start(async (context) => (await import("./release/show.ts")).showRelease(word, context), world);
}

/** What two releases give hosts differently. */
export async function compareReleases(from: ShownRelease, to: ShownRelease): Promise<ReleaseDifference> {
  return (await import("./release/differ.ts")).compareReleases(from, to);
}

/** Renders one template, also one that no host receives. */
export function startRender(request: RenderRequest, world: PipelineWorld): Run<PipelineEvent, RenderedFile> {
  return start(async (context) => (await import("./install/render.ts")).render(request, context), world);
}

/** Renders all templates of the projects, as their hosts get them; nothing is written. */
export function startRenderTrees(
  request: TemplatesRequest,
  world: PipelineWorld,
): Run<PipelineEvent, readonly RenderedProject[]> {
  return start(async (context) => (await import("./install/render-trees.ts")).renderTrees(request, context), world);
}

/** Tells which file of the overlays gives each path, and what it hides. */
export function startOrigins(
  request: OriginsRequest,
  world: PipelineWorld,
): Run<PipelineEvent, readonly ProjectOrigins[]> {
  return start(async (context) => (await import("./install/origins.ts")).origins(request, context), world);
}

function start<Result>(
  work: (context: PipelineContext) => Promise<Result>,
  world: PipelineWorld,
): Run<PipelineEvent, Result> {
  return startRun((onEvent: OnEvent<PipelineEvent>) => work({ ...world, onEvent }));
}
