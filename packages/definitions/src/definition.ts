import { type FacsimileError, throwProblems } from "@facsimile/core";
import { type EvaluateOptions, type Evaluation, evaluate } from "./checks/evaluate.ts";
import { hostsOf, isLocal } from "./checks/hosts.ts";
import { scopeFor } from "./checks/scope-name.ts";
import { warnAboutHosts, warnAboutViews } from "./checks/unused.ts";
import { filesIn, type InstanceChain, stepsIn } from "./layers/instance-chain.ts";
import { stepsFor, type Viewer } from "./layers/views.ts";
import { originOf } from "./merge/origin.ts";
import type { Step } from "./merge/steps.ts";
import type { Definition, Host, InstanceValues, ResolveOptions, Warning } from "./types.ts";
import { Unique } from "./unique.ts";
import { freeze, sameValue } from "./value.ts";

/** Makes the definition of its chain. @throws everything that is wrong with it, at once */
export function buildDefinition(chain: InstanceChain, options: ResolveOptions): Definition {
  const { instance, project, system = "linux", env = {} } = options;
  const [problems, warnings] = [new Unique<FacsimileError>(), new Unique<Warning>()];
  const onWarning = (warning: Warning) => warnings.add(warning);
  const onProblem = (problem: FacsimileError) => problems.add(problem);
  const { steps, user } = stepsIn(chain, { onProblem, onWarning });
  const views = new Views(steps, { env, names: chain.written.names, user, project, onProblem, onWarning });

  const { values, modules } = views.of({ system });
  const hosts = withUsers(hostsOf(values, { project, system }), { values, view: (host) => views.of(host).values });
  warnAboutViews(steps, { values, hosts, onWarning });
  warnAboutHosts(steps, { values, onWarning });
  throwProblems(problems.all);

  return Object.freeze<Definition>({
    instance,
    project,
    values,
    local: isLocal(values.deploy.nodes),
    hosts,
    scope: scopeFor(instance, values.state?.scope),
    modules,
    warnings: warnings.all,
    secrets: user?.secrets ?? [],
    files: filesIn(chain),
    view: (host) => views.of(host).values,
    modulesOf: (host) => views.of(host).modules,
    origin: (path, host) => originOf(stepsFor(steps, host ?? { system }), path),
  });
}

/** Evaluates each distinct choice of view blocks once. */
class Views {
  readonly #steps: readonly Step[];
  /** Those of views. */
  readonly #blocks: readonly Step[];
  readonly #options: EvaluateOptions;
  readonly #byChoice = new Map<string, Evaluation>();
  /** Where there is no block. */
  #forAll: Evaluation | undefined;

  constructor(steps: readonly Step[], options: EvaluateOptions) {
    this.#steps = steps;
    this.#blocks = steps.filter(({ view }) => view !== undefined);
    this.#options = options;
  }

  of(viewer: Viewer): Evaluation {
    if (this.#blocks.length === 0) return (this.#forAll ??= evaluate(this.#steps, this.#options));
    const blocks = stepsFor(this.#blocks, viewer);
    const choice = blocks.map((step) => this.#blocks.indexOf(step)).join(" ");
    const known = this.#byChoice.get(choice);
    if (known !== undefined) return known;
    const fresh = evaluate(stepsFor(this.#steps, viewer), this.#options);
    // Two choices may come to the same values.
    const equal = [...this.#byChoice.values()].find((each) => sameValue(each, fresh)) ?? fresh;
    this.#byChoice.set(choice, equal);
    return equal;
  }
}

/** A view may set another `deploy.user`; what `hosts.<name>.user` says is stronger. */
function withUsers(
  hosts: readonly Host[],
  { values, view }: { values: InstanceValues; view(host: Host): InstanceValues },
): readonly Host[] {
  if (hosts.every((host) => view(host) === values)) return hosts;
  return freeze(
    hosts.map((host) => {
      const { user: _, ...others } = host;
      const user = values.hosts?.[host.name]?.user ?? view(host).deploy.user;
      return user === undefined ? others : { ...others, user };
    }),
  );
}
