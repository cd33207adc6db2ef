export { type CompareOptions, type Comparison, compareDefinitions, type Difference } from "./compare.ts";
export { type Conglomerate, conglomerateOf, findConglomerate, listInstances, listProjects } from "./conglomerate.ts";
export { requireDeployable } from "./deployable.ts";
export { planVersionEdit, type VersionEdit, type VersionEditOptions } from "./edit.ts";
export { type ExplainedLeaf, type ExplainOptions, type Explanation, explain, type LookedAt } from "./explain.ts";
export { type Leaf, leavesOf } from "./leaves.ts";
export { type LintOptions, type LintReport, lint } from "./lint.ts";
export { HIDDEN, isClearSecret, isSensitive, type SensitiveOptions, type Shown, type ShownOptions, shownAt } from "./masked.ts"; // biome-ignore format: one line
export { type ModuleSecrets, moduleContext } from "./module-context.ts";
export { notSet } from "./not-set.ts";
export type { Origin } from "./origin.ts";
export { resolve } from "./resolve.ts";
export type {
  Daemon,
  Definition,
  DeployDefaults,
  DeployValues,
  HealthCheck,
  Hook,
  Host,
  InstanceValues,
  Module,
  ResolveOptions,
  Warning,
} from "./types.ts";
export { isSecretRef, type SecretRef, type Value, type ValueMap } from "./value.ts";
