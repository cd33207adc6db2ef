export { connect } from "./connect.ts";
export { notAdopted } from "./failures.ts";
export { type FanOutOptions, fanOut, type Outcome } from "./fan-out.ts";
export { formatKnownHost, type HostKey, keyFingerprint, parseKnownHosts } from "./known-hosts.ts";
export { treeOf } from "./layout.ts";
export type { LibraryOffer, LibraryQuestion } from "./libraries.ts";
export { neighbourProblems } from "./mirror-scope.ts";
export { type ScanOptions, scanHostKey } from "./scan.ts";
export { missingLink, watchedPart, withSharedParents } from "./shared.ts";
export { type SpaceNeed, spaceProblem } from "./space.ts";
export {
  type ConfirmRequest,
  type ConnectOptions,
  type DeployedState,
  type Endpoint,
  type FileOnHost,
  type FilesRequest,
  type HeldLock,
  type HistoryEntry,
  type HomeLock,
  type Hook,
  type HookResult,
  type HostFacts,
  type Listing,
  type ListOptions,
  type Lock,
  type LockHolder,
  type LockRequest,
  type Moved,
  type Place,
  type Probe,
  type ProbeOptions,
  RECORD_FILES,
  type ReleaseRecord,
  type Running,
  type RunOutput,
  type RunRequest,
  type RunResult,
  type Session,
  type Staged,
  type StageProgress,
  type StageRequest,
  type SwitchTarget,
  type TreeOptions,
  UNREADABLE,
  type VerifyFailure,
  type WayRequest,
} from "./types.ts";
