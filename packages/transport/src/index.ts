export { connect } from "./connect.ts";
export { notAdopted } from "./failures.ts";
export { type FanOutOptions, fanOut, type Outcome } from "./fan-out.ts";
export type {
  ConfirmRequest,
  HeldLock,
  HomeLock,
  Hook,
  HookResult,
  Lock,
  LockRequest,
  Staged,
  StageProgress,
  StageRequest,
  SwitchTarget,
  VerifyFailure,
} from "./lock-types.ts";
export { treeOf } from "./look/layout.ts";
export type { LibraryOffer, LibraryQuestion } from "./look/libraries.ts";
export { neighbourProblems } from "./look/mirror-scope.ts";
export type { DeployedState, HistoryEntry, Probe, Running } from "./probe-types.ts";
export type { RunOutput, RunRequest, RunResult } from "./run-types.ts";
export type { Session } from "./session.ts";
export { isLeftAlone, missingLink, watchedPart, withSharedParents } from "./shared.ts";
export {
  formatKnownHost,
  type HostKey,
  keyFingerprint,
  type OnRecord,
  onRecord,
  withoutHost,
} from "./ssh/known-hosts.ts";
export { type ScanOptions, scanHostKey } from "./ssh/scan.ts";
export { type SpaceNeed, spaceProblem } from "./stage/space.ts";
export {
  type ConnectOptions,
  type Endpoint,
  type FileOnHost,
  type FilesRequest,
  type HostFacts,
  type Listing,
  type ListOptions,
  type LockHolder,
  type Moved,
  type Place,
  type ProbeOptions,
  RECORD_FILES,
  type ReleaseRecord,
  type TreeOptions,
  UNREADABLE,
  type WayRequest,
} from "./types.ts";
