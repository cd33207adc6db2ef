import { didYouMean, FacsimileError, formatPath, type KeyPath } from "@facsimile/core";
import { memoized, NOTHING } from "../memo.ts";
import { type AssembleOptions, assemble } from "../merge/assemble.ts";
import { originOf, placeOf } from "../merge/origin.ts";
import type { Step } from "../merge/steps.ts";
import type { InstanceValues, Module, Warning } from "../types.ts";
import type { UserSchema } from "../user-schema/user-schema.ts";
import { entryOf, freeze, isList, isMap, type Value, type ValueMap, valueAt } from "../value.ts";
import { crossFindings } from "./cross-checks.ts";
import { buildModules } from "./modules.ts";
import { normalise } from "./normalise.ts";
import { type Finding, findingsOf, wellKnownKeys } from "./validate.ts";

export interface EvaluateOptions extends AssembleOptions {
  /** The modules that files name. */
  readonly names: readonly string[];
  readonly user: UserSchema | undefined;
  readonly project: string | undefined;
}

/** What somebody sees: the controller, or a host. */
export interface Evaluation {
  readonly values: InstanceValues;
  readonly modules: readonly Module[];
}

/** Folds, interpolates and checks `steps`; goes on past what is wrong, so that all of it is reported. */
export function evaluate(steps: readonly Step[], options: EvaluateOptions): Evaluation {
  const report = ({ code, message, hint, path, part }: Finding) => {
    const position = placeOf(steps, { path, ...(part && { part }) });
    const given = position === undefined ? originOf(steps, path)?.layer : undefined;
    const from = given?.startsWith("--set ") ? `${given}: ` : "";
    options.onProblem(new FacsimileError(code, `${from}${message}`, { hint, position }));
  };
  const failed = new Set<string>();
  const values = assemble(steps, { ...options, onFailed: (path) => failed.add(formatPath(path)) });
  const wrong = findingsOf(values, options.user);
  const isTold = ({ path }: Finding) => failed.has(formatPath(path));
  wrong.filter((each) => !isTold(each) && (options.project || !isMissing(each, values))).forEach(report);
  const sound = pruned(values, wrong);
  const known = normalise(sound);
  crossFindings(known).forEach((finding) => {
    report({ ...finding, path: asWritten(finding.path, sound) });
  });
  for (const step of steps) {
    if (step.layer.role !== "defaults") similarKeys(step, options.user ?? NOTHING).forEach(options.onWarning);
  }
  const { modules, findings } = buildModules(options.names, sound);
  findings.forEach(report);
  return { values: known, modules: freeze(modules) };
}

/** A key that must be there may come from any project's layers: without a project, it need not be there. */
function isMissing({ path }: Finding, values: ValueMap): boolean {
  return path.length === 1 && valueAt(values, path) === undefined;
}

/** `deploy.postcmd.0.target` is `deploy.postcmd.target` where the file has one command and no list. */
function asWritten(path: KeyPath, values: ValueMap): KeyPath {
  const [, , index, ...rest] = path;
  const above = valueAt(values, path.slice(0, 2));
  return index === "0" && above !== undefined && entryOf(above, index) === undefined
    ? [...path.slice(0, 2), ...rest]
    : path;
}

/** Keys at the top of a step that are nearly well-known ones. */
const similarKeys = memoized((step: Step, user: UserSchema | object): readonly Warning[] => {
  const known = wellKnownKeys(user === NOTHING ? undefined : (user as UserSchema));
  return Object.keys(step.values).flatMap((key) => {
    const near = known.includes(key) ? undefined : didYouMean(key, known);
    if (near === undefined) return [];
    const message = `the key ${key} is close to the well-known ${near}`;
    const hint = `Did you mean ${near}? If the key is your own, keep it.`;
    return [{ code: "SIMILAR_KEY", message, hint, position: step.locate([key], "key") }];
  });
});

/** `values` without what is wrong; of a list, the whole of it. */
function pruned(values: ValueMap, findings: readonly Finding[]): ValueMap {
  return without(
    values,
    findings.map(({ path }) => path),
  ) as ValueMap;
}

function without(value: Value, paths: readonly KeyPath[]): Value | undefined {
  if (paths.length === 0) return value;
  if (isList(value) || !isMap(value) || paths.some((path) => path.length === 0)) return undefined;
  const below = groupByKey(paths);
  const left = Object.entries(value).map(([key, inner]) => [key, without(inner, below.get(key) ?? [])] as const);
  return Object.fromEntries(left.filter((entry): entry is [string, Value] => entry[1] !== undefined));
}

/** What lies below each first key. */
function groupByKey(paths: readonly KeyPath[]): ReadonlyMap<string, readonly KeyPath[]> {
  const groups = new Map<string, KeyPath[]>();
  for (const path of paths) {
    const [key = "", ...rest] = path;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [rest]);
    else group.push(rest);
  }
  return groups;
}
