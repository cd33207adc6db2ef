import { didYouMean, type FacsimileError, throwProblems } from "@facsimile/core";
import type { Layer } from "./chain.ts";
import { type EvaluateOptions, type Evaluation, evaluate } from "./evaluate.ts";
import { hostsOf, isLocal } from "./hosts.ts";
import { checkKeys } from "./layer-keys.ts";
import { readModules } from "./module-files.ts";
import { originOf } from "./origin.ts";
import type { ResolveOptions } from "./resolve.ts";
import type { SourceFile } from "./source-file.ts";
import { type OnProblem, type Step, stepsOf } from "./steps.ts";
import type { Definition, Host, InstanceValues, Warning } from "./types.ts";
import { freeze } from "./value.ts";
import { stepsFor } from "./views.ts";

export interface BuildOptions extends ResolveOptions {
  readonly modules: readonly SourceFile[];
  /** The project's definitions live in its source, which may set everything. */
  readonly sourceDefines: boolean;
  /** All files of modules are here, the source's too. */
  readonly complete: boolean;
}

/** Makes the definition of its layers, weakest first. @throws everything that is wrong with it, at once */
export function buildDefinition(layers: readonly Layer[], options: BuildOptions): Definition {
  const { instance, project, system = "linux", env = {}, modules, sourceDefines, complete } = options;
  const [problems, warnings] = [new Unique<FacsimileError>(), new Unique<Warning>()];
  const onProblem: OnProblem = (problem) => problems.add(problem);
  const steps = layers.flatMap((layer) => stepsOf(layer, onProblem));
  checkKeys(steps, { sourceDefines, onProblem });
  const written = readModules(modules, onProblem);
  const onWarning = (warning: Warning) => warnings.add(warning);
  const views = new Views(steps, { project, env, written, complete, onProblem, onWarning });

  const { values, modules: built } = views.of({ system });
  const hosts = hostsOf(values, { project, system }).map((host) => withUser(host, views.of(host).values));
  warnAboutViews(steps, { values, hosts, onWarning });
  throwProblems(problems.all);

  return Object.freeze<Definition>({
    instance,
    project,
    values,
    local: isLocal(values.deploy.nodes),
    hosts: freeze(hosts),
    scope: scopeOf(values, instance),
    modules: built,
    warnings: warnings.all,
    files: [...new Set([...layers.flatMap(({ source }) => source?.file ?? []), ...modules.map(({ file }) => file)])],
    view: (host) => views.of(host).values,
    modulesOf: (host) => views.of(host).modules,
    origin: (path, host) => originOf(stepsFor(steps, host ?? { system }), path),
  });
}

/** Evaluates each distinct choice of view blocks once. */
class Views {
  readonly #steps: readonly Step[];
  readonly #options: EvaluateOptions;
  readonly #byChoice = new Map<string, Evaluation>();
  readonly #texts = new Map<Evaluation, string>();

  constructor(steps: readonly Step[], options: EvaluateOptions) {
    this.#steps = steps;
    this.#options = options;
  }

  of(viewer: Pick<Host, "system"> & Partial<Host>): Evaluation {
    const steps = stepsFor(this.#steps, viewer);
    const choice = steps
      .flatMap(({ layer, at, view }) => (view === undefined ? [] : `${layer.name} ${at.join(" ")}`))
      .join("\n");
    const known = this.#byChoice.get(choice);
    if (known !== undefined) return known;
    const fresh = evaluate(steps, this.#options);
    const equal = this.#equalTo(fresh) ?? fresh;
    this.#byChoice.set(choice, equal);
    return equal;
  }

  /** Two choices may come to the same values. */
  #equalTo(fresh: Evaluation): Evaluation | undefined {
    if (this.#byChoice.size === 0) return undefined;
    const text = this.#textOf(fresh);
    return [...new Set(this.#byChoice.values())].find((known) => this.#textOf(known) === text);
  }

  #textOf(evaluation: Evaluation): string {
    const text = this.#texts.get(evaluation) ?? JSON.stringify(evaluation);
    this.#texts.set(evaluation, text);
    return text;
  }
}

function withUser(host: Host, { deploy }: InstanceValues): Host {
  const user = host.user ?? deploy.user;
  return user === undefined ? host : { ...host, user };
}

function scopeOf({ state }: InstanceValues, { full, parts }: Definition["instance"]): string {
  const scope = state?.scope ?? parts[0];
  return scope === "own" ? full : scope;
}

/** A block that no host sees is right where other instances have such hosts, and a mistake where the name is nearly one of ours. */
function warnAboutViews(
  steps: readonly Step[],
  { values, hosts, onWarning }: { values: InstanceValues; hosts: readonly Host[]; onWarning(warning: Warning): void },
): void {
  const described = Object.entries(values.hosts ?? {});
  const known = {
    region: [...Object.keys(values.regions ?? {}), ...described.flatMap(([, { region }]) => region ?? [])],
    target: [...Object.keys(values.deploy.nodes ?? {}), ...hosts.flatMap(({ targets }) => targets)],
    host: [...described.map(([name]) => name), ...Object.values(values.deploy.nodes ?? {}).flat()],
  };
  for (const { view, layer, at } of steps) {
    if (view === undefined || view.kind === "system") continue;
    const names: readonly string[] = known[view.kind];
    const near = names.includes(view.name) ? undefined : didYouMean(view.name, names);
    if (near === undefined) continue;
    const message = `no ${view.kind} is called ${view.name}, so this view is never used`;
    const position = layer.source?.locate(at, "key");
    onWarning({ code: "VIEW_UNUSED", message, hint: `Did you mean "@${view.kind}:${near}"?`, position });
  }
}

/** Views repeat what is wrong with what they share. */
class Unique<T extends Warning> {
  readonly all: T[] = [];
  readonly #seen = new Set<string>();

  add(item: T): void {
    const { code, message, position } = item;
    const id = JSON.stringify([code, message, position?.file, position?.line, position?.column]);
    if (this.#seen.has(id)) return;
    this.#seen.add(id);
    this.all.push(item);
  }
}
