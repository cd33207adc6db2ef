export { compareBytes, escapedBytes, sha256 } from "./bytes.ts";
export {
  type ErrorDetails,
  errnoOf,
  FacsimileError,
  formatPosition,
  formatProblem,
  isFacsimileError,
  type Position,
  ProblemsError,
  problemsOf,
  throwProblems,
} from "./errors.ts";
export { createExec, PASSED_ON, passedOn } from "./exec.ts";
export type { Environment, Exec, ExecOptions, ExecResult } from "./execution.ts";
export {
  type HostName,
  type InstanceName,
  type ProjectName,
  type ProjectSpec,
  parseHost,
  parseInstance,
  parseProject,
  parseProjectSpec,
  parseTarget,
  parseVersion,
  RESERVED_NAMES,
  type TargetName,
} from "./names.ts";
export { formatPath, type KeyPath, parsePath } from "./paths.ts";
export { Redactor } from "./redact.ts";
export { type OnEvent, type Run, startRun } from "./run.ts";
export { isSecret, Secret } from "./secret.ts";
export { settled } from "./settled.ts";
export { didYouMean, meantOr } from "./suggest.ts";
