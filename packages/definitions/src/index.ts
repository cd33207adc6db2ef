export { requireDeployable } from "./checks/deployable.ts";
export { excludedGlobs } from "./checks/excluded.ts";
export type { CopyVariable } from "./checks/groups.ts";
export { STANDARD_STAGES } from "./checks/stages.ts";
export { type CompareOptions, type Comparison, compareDefinitions, type Difference } from "./compare/compare.ts";
export { type Leaf, leavesOf } from "./compare/leaves.ts";
export { HIDDEN, isClearSecret, isSensitive, type SensitiveOptions, type Shown, type ShownOptions, shownAt } from "./compare/masked.ts"; // biome-ignore format: one line
export { planVersionEdit, type VersionEditOptions } from "./edit/edit.ts";
export type { Hidden, Place, Sight } from "./edit/effect.ts";
export { type EditRequest, type PlannedEdit, planEdit } from "./edit/plan-edit.ts";
export type { Effect, Unread } from "./edit/users.ts";
export { type ExplainOptions, explain } from "./explain/explain.ts";
export type { ExplainedLeaf, Explanation, LookedAt, OtherValue, UsedValue } from "./explain/explanation.ts";
export { notSet } from "./explain/not-set.ts";
export { formatPlainTexts, parsePlainTexts } from "./files/plain-texts.ts";
export { conglomerateSchema } from "./json-schema/conglomerate-schema.ts";
export { jsonSchema } from "./json-schema/json-schema.ts";
export { checkoutFolder, type Sources } from "./layers/checkouts.ts";
export {
  type Conglomerate,
  conglomerateAt,
  conglomerateOf,
  findConglomerate,
  isInRepo,
  listInstances,
  listProjects,
} from "./layers/conglomerate.ts";
export { type DescribedProject, describeProjects } from "./layers/describe-projects.ts";
export { layersHint } from "./layers/named-layer.ts";
export { isSecretSet, secretsInSet } from "./layers/secret-set.ts";
export { type LintOptions, type LintProblem, type LintReport, lint } from "./lint/lint.ts";
export type { Origin } from "./merge/origin.ts";
export { type ModuleSecrets, moduleContext } from "./module-context.ts";
export { resolve } from "./resolve.ts";
export { scopeOf } from "./scope.ts";
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
  SomeHosts,
  TextEdit,
  Warning,
  Wave,
} from "./types.ts";
export type { UserSchema } from "./user-schema/user-schema.ts";
export { isSecretRef, type SecretRef, type Value, type ValueMap } from "./value.ts";
