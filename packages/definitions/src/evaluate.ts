import { didYouMean, type Environment, FacsimileError, type KeyPath, type Position } from "@facsimile/core";
import { crossFindings } from "./cross-checks.ts";
import { foldOnto } from "./fold.ts";
import { isLocal } from "./hosts.ts";
import { interpolate } from "./interpolate.ts";
import type { WrittenModule } from "./module-files.ts";
import { buildModules } from "./modules.ts";
import { DEFAULTS, normalise, withProjectBuild } from "./normalise.ts";
import { originOf, placeOf, shownOrigin } from "./origin.ts";
import { projectsOf } from "./projects.ts";
import type { OnProblem, Step } from "./steps.ts";
import type { InstanceValues, Module, Warning } from "./types.ts";
import { type Finding, findingsOf, wellKnownKeys } from "./validate.ts";
import { entryOf, freeze, isList, isMap, type Value, type ValueMap, valueAt } from "./value.ts";

export interface EvaluateOptions {
  readonly project: string | undefined;
  readonly env: Environment;
  readonly written: readonly WrittenModule[];
  /** Every file of modules was there to be read. */
  readonly complete: boolean;
  readonly onProblem: OnProblem;
  onWarning(warning: Warning): void;
}

/** What somebody sees: the controller, or a host. */
export interface Evaluation {
  readonly values: InstanceValues;
  readonly modules: readonly Module[];
}

/** Folds, interpolates and checks `steps`; goes on past what is wrong, so that all of it is reported. */
export function evaluate(steps: readonly Step[], options: EvaluateOptions): Evaluation {
  const report = (finding: Finding) => options.onProblem(problemOf(finding, { steps, options }));
  const folded = withProjectBuild(withProjects(fold(steps, options)), options.project);
  const values = interpolateAll(folded, { steps, options, report });
  const wrong = findingsOf(values);
  wrong.forEach(report);
  const sound = withDefaults(pruned(values, wrong));
  const known = freeze(normalise(sound));
  crossFindings(known).forEach((finding) => {
    report({ ...finding, path: asWritten(finding.path, sound) });
  });
  warnAboutKeys(values, { steps, options });
  const { modules, findings } = buildModules(options.written, { values: sound, complete: options.complete });
  findings.forEach(report);
  return { values: known, modules: freeze(modules) };
}

function fold(steps: readonly Step[], options: EvaluateOptions): ValueMap {
  return steps.reduce<ValueMap>((base, { layer, at, values }, index) => {
    const place = (path: KeyPath) => layer.source?.locate([...at, ...path]);
    return foldOnto(
      { base, over: values },
      {
        conflict(path, what) {
          const other = shownOrigin(originOf(steps.slice(0, index), path), path);
          const message = `${path.join(".")} is ${what.over} here, but ${what.base} at ${other}`;
          const hint = "Write {$replace: …} where the change of kind is meant.";
          options.onProblem(new FacsimileError("KIND_CONFLICT", message, { hint, position: place(path) }));
        },
        misuse(path, message) {
          options.onProblem(new FacsimileError("BAD_DIRECTIVE", message, { position: place(path) }));
        },
        idle(path, directive) {
          const message = `${directive} at ${path.join(".")} finds nothing to work on`;
          options.onWarning({ code: "DIRECTIVE_IDLE", message, position: place(path) });
        },
      },
    );
  }, {});
}

/** `facsimile.components`, the Python tool's name for `projects`, moves there. */
function withProjects(values: ValueMap): ValueMap {
  if (entryOf(entryOf(values, "facsimile"), "components") === undefined) return values;
  const { facsimile: _, ...rest } = values;
  return { ...rest, projects: projectsOf(values) };
}

interface Site {
  readonly steps: readonly Step[];
  readonly options: EvaluateOptions;
}

function interpolateAll(
  values: ValueMap,
  { steps, options, report }: Site & { report(finding: Finding): void },
): ValueMap {
  const local = isLocal(valueAt(values, ["deploy", "nodes"]));
  return interpolate(values, {
    env: local ? options.env : undefined,
    onProblem: ({ code, path, message, hint }) => report({ code, path, message, hint }),
    onDeprecated(path, spelling) {
      const name = spelling.includes("USER") ? "USER" : "HOME";
      const position = positionOf({ path }, { steps, options });
      options.onWarning({
        code: "DEPRECATED",
        message: `${spelling} is an old spelling`,
        hint: `Write \${env:${name}}.`,
        position,
      });
    },
  });
}

/** `deploy.postcmd.0.target` is `deploy.postcmd.target` where the file has one command and no list. */
function asWritten(path: KeyPath, values: ValueMap): KeyPath {
  const [, , index, ...rest] = path;
  const above = valueAt(values, path.slice(0, 2));
  return index === "0" && above !== undefined && entryOf(above, index) === undefined
    ? [...path.slice(0, 2), ...rest]
    : path;
}

function problemOf(finding: Finding, site: Site): FacsimileError {
  const { code, message, hint } = finding;
  return new FacsimileError(code, message, { hint, position: positionOf(finding, site) });
}

function positionOf({ path, part }: Pick<Finding, "path" | "part">, { steps, options }: Site): Position | undefined {
  const [first = "", ...rest] = path;
  const old = first === "projects" ? ["facsimile", "components", ...rest] : undefined;
  const build = first === "build" && options.project !== undefined ? ["projects", options.project, ...path] : undefined;
  const exact = placeOf(steps, { path, ...(part && { part }) });
  const other = [old, build].find((each) => each !== undefined && originOf(steps, each) !== undefined);
  if (other !== undefined && originOf(steps, path) === undefined)
    return placeOf(steps, { path: other, ...(part && { part }) });
  return exact ?? moduleFilePosition(path, options.written);
}

/** What an overlay does not set comes from the file of modules. */
function moduleFilePosition(path: KeyPath, written: readonly WrittenModule[]): Position | undefined {
  const [key, name, ...rest] = path;
  const module = key === "modules" ? written.find((each) => each.name === name) : undefined;
  return module?.source.locate([String(module.index), ...rest]);
}

function warnAboutKeys(values: ValueMap, site: Site): void {
  const known = wellKnownKeys();
  for (const key of Object.keys(values)) {
    const near = known.includes(key) ? undefined : didYouMean(key, known);
    if (near === undefined) continue;
    const position = positionOf({ path: [key], part: "key" }, site);
    const hint = `Did you mean ${near}? If the key is your own, keep it.`;
    site.options.onWarning({
      code: "SIMILAR_KEY",
      message: `the key ${key} is close to the well-known ${near}`,
      hint,
      position,
    });
  }
}

/** `values` without what is wrong; of a list, the whole of it. */
function pruned(values: ValueMap, findings: readonly Finding[]): ValueMap {
  return findings.reduce<ValueMap>((left, { path }) => without(left, path) as ValueMap, values);
}

function without(value: Value, [key, ...rest]: KeyPath): Value | undefined {
  if (key === undefined || isList(value) || !isMap(value)) return undefined;
  const { [key]: inner, ...others } = value;
  if (inner === undefined) return value;
  const left = without(inner, rest);
  return left === undefined ? others : { ...others, [key]: left };
}

function withDefaults(values: ValueMap): ValueMap {
  return {
    ...values,
    deploy: { ...(DEFAULTS["deploy"] as ValueMap), ...(entryOf(values, "deploy") as ValueMap | undefined) },
  };
}
