import { type OnEvent, type Run, startRun } from "@facsimile/core";
import type { PipelineContext } from "./context.ts";
import type { DeployRequest } from "./deploy/deploy.ts";
import type { PlanRequest } from "./deploy/plan.ts";
import type { DeployReport, Plan, VerifyReport } from "./deploy/reports.ts";
import type { RollbackRequest } from "./deploy/rollback.ts";
import type { RollbackReport } from "./deploy/rollback-report.ts";
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
  return start(async (context) => (await import("./deploy/plan.ts")).plan(request, context), world);
}

/** Makes every host hold exactly what the definitions say, all or none; the report tells each host's outcome. */
export function startDeploy(request: DeployRequest, world: PipelineWorld): Run<PipelineEvent, DeployReport> {
  return start(async (context) => (await import("./deploy/deploy.ts")).deploy(request, context), world);
}

/** Takes every host back to a release that it holds, all or none; the report tells each host's outcome. */
export function startRollback(request: RollbackRequest, world: PipelineWorld): Run<PipelineEvent, RollbackReport> {
  return start(async (context) => (await import("./deploy/rollback.ts")).rollback(request, context), world);
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

export type { PipelineContext } from "./context.ts";
export type { Proposal } from "./deploy/consent.ts";
export type { DeployRequest } from "./deploy/deploy.ts";
export { lockText } from "./deploy/lock-text.ts";
export type { PlanRequest } from "./deploy/plan.ts";
export { isRefused } from "./deploy/refusals.ts";
export type {
  DeployReport,
  FileChange,
  HiddenTexts,
  HostOutcome,
  HostPlan,
  HostProjectPlan,
  HostReport,
  MadeSecret,
  Plan,
  ProjectPlan,
  StateChange,
  ValueChange,
  VerifiedHost,
  VerifiedProject,
  VerifyReport,
} from "./deploy/reports.ts";
export type { RollbackProposal, RollbackRequest } from "./deploy/rollback.ts";
export type {
  DefinedVersion,
  RollbackHost,
  RollbackPlan,
  RollbackProject,
  RollbackReport,
  RotatedSecrets,
} from "./deploy/rollback-report.ts";
export type { HostStatus, ProjectStatus, StatusReport } from "./deploy/status.ts";
export { type DoctorReport, type DoctorRequest, doctor } from "./doctor/doctor.ts";
export type { Finding } from "./doctor/finding.ts";
export type { Phase, PipelineEvent } from "./events.ts";
export type { ChosenRequest } from "./hosts/chosen.ts";
export type { HostKeys, HostsRequest, KnownHost, ShownKey } from "./hosts/known.ts";
export type { LockedHome, LocksReport, ReleaseLocksRequest } from "./hosts/locks.ts";
export type { CommandEvent, CommandHost, CommandReport, CommandRequest } from "./hosts/run.ts";
export type { Origin, OriginsRequest, ProjectOrigins } from "./install/origins.ts";
export type { TemplatesRequest } from "./install/project-templates.ts";
export type { RenderedFile, RenderRequest } from "./install/render.ts";
export type { RenderedProject } from "./install/render-trees.ts";
export { type WrittenTrees, writeTrees } from "./install/write-trees.ts";
export { type Answer, answers, type Question } from "./instance/answers.ts";
export type { HostFilter } from "./instance/chosen-hosts.ts";
export {
  type ListedHost,
  type ListedInstance,
  type Listing,
  list,
  listOne,
  type ProjectFiles,
} from "./instance/list.ts";
export type { CopyRequest } from "./instance/outline.ts";
export { resolveAt } from "./instance/resolve-at.ts";
export { definitionTexts, type RevisionRequest } from "./instance/revision.ts";
export { type InitReport, init } from "./people/init.ts";
export { type NamedKey, namesOf } from "./people/names.ts";
export { type ListedRecipient, type ListedScope, listRecipients, type RecipientsReport } from "./people/recipients.ts";
export {
  type KeyRequest,
  proposeRecipients,
  proposeWished,
  type RecipientsRequest,
  recipientKeyOf,
  type SealedStep,
  sealRecipients,
} from "./people/recipients-change.ts";
export type { ProposedStep, RecipientsProposal } from "./people/recipients-propose.ts";
export { addTrust, planTrustAdd, type TrustAddition, type TrustAddRequest } from "./people/trust-add.ts";
export {
  planTrustRemove,
  removeTrust,
  type TrustRemoval,
  type TrustRemoved,
  type TrustRemoveRequest,
} from "./people/trust-remove.ts";
export type { BuildReport, BuildRequest, BuiltRelease, BuiltTree } from "./release/build.ts";
export type { HostGroup, ReleaseDifference } from "./release/differ.ts";
export type { ListedRelease, ReleaseListing, ReleasesRequest } from "./release/list.ts";
export type { KeptRelease, PrunePlan, PruneRequest } from "./release/prune.ts";
export { type Hooks, parseRelease, type Release, releaseId } from "./release/release.ts";
export type { ShownEntry, ShownRelease, ShownTree } from "./release/show.ts";
export { changeSecrets, generateSecrets, rotationOf } from "./secrets/change.ts";
export {
  IMPORT_FORMATS,
  type Imported,
  type ImportFormat,
  type ImportPlan,
  parseImport,
  planImport,
} from "./secrets/import.ts";
export { type ListedSecret, listSecrets, type MissingSecret, type SecretListing } from "./secrets/list.ts";
export { infoOf, placeSeen, secretAt, secretSeen, seenBy } from "./secrets/places.ts";
export { openSecrets, type SecretScope, type WantedSecret } from "./secrets/scope.ts";
export type { StagesReport } from "./sources/run-stages.ts";
export { type StageChoice, stageNames, stagesToRun } from "./sources/stages.ts";
export { driveMerge, driverStatus } from "./state/driver.ts";
export {
  type ExportRequest,
  exportTo,
  type Importing,
  type ImportRequest,
  importFrom,
  openImport,
} from "./state/export.ts";
export { type HistoryEntry, stateHistory } from "./state/history.ts";
export { type CheckedState, checkStates, type ShownState, showState } from "./state/look.ts";
export { type Purge, planPurge, purge } from "./state/purge.ts";
export { type Concerns, concernsOf, type Merging, openSeal, planSeal, seal, sealAnew } from "./state/seal.ts";
export { changeSetting, type Setting } from "./state/setting.ts";
export { type Sharer, type StateOf, sharersIn, stateOf, stateSeenBy } from "./state/state-of.ts";
export { type StateTarget, stateTarget, type TargetRequest, targetOf } from "./state/target.ts";
export { writeEdit } from "./write-edit.ts";
