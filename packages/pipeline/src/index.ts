export type { PipelineContext } from "./context.ts";
export type { Proposal } from "./deploy/consent.ts";
export type { DeployRequest } from "./deploy/deploy.ts";
export { lockText } from "./deploy/lock-text.ts";
export { isOfTree, mostHeld, releaseCounts } from "./deploy/odd-releases.ts";
export type { PlanRequest } from "./deploy/plan/plan.ts";
export { isRefused } from "./deploy/plan/refusals.ts";
export type {
  FileChange,
  HiddenTexts,
  HostPlan,
  HostProjectPlan,
  MadeSecret,
  Plan,
  ProjectPlan,
  StateChange,
  ValueChange,
} from "./deploy/plan/types.ts";
export type {
  DeployReport,
  HostOutcome,
  HostReport,
  Undo,
  VerifiedHost,
  VerifiedProject,
  VerifyReport,
} from "./deploy/reports.ts";
export { rollbackAgain } from "./deploy/rollback/again.ts";
export type {
  DefinedVersion,
  RollbackHost,
  RollbackPlan,
  RollbackProject,
  RollbackReport,
  RotatedSecrets,
} from "./deploy/rollback/report.ts";
export type { RollbackProposal, RollbackRequest } from "./deploy/rollback/request.ts";
export { concerns } from "./deploy/run/concerns.ts";
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
export * from "./starts.ts";
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
