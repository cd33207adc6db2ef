export { checkoutFolder, type Sources } from "./checkouts.ts";
export { type CompareOptions, type Comparison, compareDefinitions, type Difference } from "./compare.ts";
export {
  type Conglomerate,
  conglomerateAt,
  conglomerateOf,
  findConglomerate,
  isInRepo,
  listInstances,
  listProjects,
} from "./conglomerate.ts";
export { conglomerateSchema } from "./conglomerate-schema.ts";
export { requireDeployable } from "./deployable.ts";
export { type DescribedProject, describeProjects } from "./describe-projects.ts";
export { planVersionEdit, type VersionEditOptions } from "./edit.ts";
export type { Hidden, Place, Sight } from "./edit-effect.ts";
export type { Effect, Unread } from "./edit-users.ts";
export { type ExplainOptions, explain } from "./explain.ts";
export type { ExplainedLeaf, Explanation, LookedAt, OtherValue, UsedValue } from "./explanation.ts";
export { jsonSchema } from "./json-schema.ts";
export { type Leaf, leavesOf } from "./leaves.ts";
export { type LintOptions, type LintProblem, type LintReport, lint } from "./lint.ts";
export { HIDDEN, isClearSecret, isSensitive, type SensitiveOptions, type Shown, type ShownOptions, shownAt } from "./masked.ts"; // biome-ignore format: one line
export { type ModuleSecrets, moduleContext } from "./module-context.ts";
export { layersHint } from "./named-layer.ts";
export { notSet } from "./not-set.ts";
export type { Origin } from "./origin.ts";
export { type EditRequest, type PlannedEdit, planEdit } from "./plan-edit.ts";
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
  TextEdit,
  Warning,
} from "./types.ts";
export type { UserSchema } from "./user-schema.ts";
export { isSecretRef, type SecretRef, type Value, type ValueMap } from "./value.ts";
