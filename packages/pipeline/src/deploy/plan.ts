import type { Host } from "@facsimile/definitions";
import { fanOut } from "@facsimile/transport";
import type { PipelineContext } from "../context.ts";
import { modulesOf } from "../instance/modules-of.ts";
import { type CopyRequest, type Outline, outline } from "../instance/outline.ts";
import { copiesOf } from "../release/copies.ts";
import type { Copy } from "../release/release.ts";
import { type OpenedState, openStateOf, type StateRequest } from "../secrets/open.ts";
import { assertReferences } from "../secrets/references.ts";
import { type PreparedProject, prepare } from "../sources/prepare.ts";
import { comparePlan } from "./compare.ts";
import { closeAll, problemOf, type Reached, reachAll } from "./hosts.ts";
import { type LibraryCheck, type LibraryRequest, libraryCheck } from "./libraries.ts";
import { Records } from "./records.ts";
import type { HostPlan, Plan, ProjectPlan, StateChange } from "./reports.ts";
import { type Survey, survey } from "./survey.ts";

/** One host as the survey found it: each wanted project that it is to hold, by name. */
export interface Surveyed {
  readonly reached: Reached;
  readonly projects: ReadonlyMap<string, Survey>;
  readonly problem?: ReturnType<typeof problemOf> | undefined;
}

/** Asks every host, in one session each, and says what a deploy would do. Nothing is written, anywhere but in work folders. */
export async function plan(request: CopyRequest & LibraryRequest, context: PipelineContext): Promise<Plan> {
  const outlined = await outline(request, context);
  const reaching = reachAll(outlined, context);
  try {
    const { projects, state, copies } = await evaluate(outlined, context, { use: "read" });
    const libraries = await libraryCheck({ copies, projects }, request);
    const surveyed = await surveyAll({ reached: await reaching, projects, outline: outlined, copies, libraries });
    return planOf({ outline: outlined, copies, surveyed, state });
  } finally {
    await reaching.then(closeAll, () => undefined);
  }
}

export interface Evaluation {
  readonly projects: readonly PreparedProject[];
  readonly state: OpenedState;
  readonly copies: readonly Copy[];
}

/** Everything that can be known without a host: sources, state, and what each host is to hold. */
export async function evaluate(
  outlined: Outline,
  context: PipelineContext,
  options: Pick<StateRequest, "use" | "acceptRollback">,
): Promise<Evaluation> {
  const projects = await prepare(outlined, context);
  const modules = projects.flatMap(({ definition }) => modulesOf(definition));
  const state = await openStateOf({ definition: outlined.definition, modules, ...options }, context);
  const definitions = projects.map(({ definition }) => definition);
  assertReferences(definitions, { ...state, instance: outlined.instance });
  return { projects, state, copies: await copiesOf({ outline: outlined, projects, state }, context) };
}

/** Surveys all hosts that were reached, several at a time. */
export async function surveyAll(request: {
  readonly reached: readonly Reached[];
  readonly projects: readonly PreparedProject[];
  readonly outline: Outline;
  readonly copies: readonly Copy[];
  readonly libraries: LibraryCheck | undefined;
}): Promise<Surveyed[]> {
  const { reached, projects, outline, copies, libraries } = request;
  const limit = outline.definition.values.deploy.parallel;
  const known = copies.flatMap(({ hosts }) => hosts.map(({ treeId, manifest }) => [treeId, manifest] as const));
  const records = new Records(new Map(known));
  const outcomes = await fanOut(reached, { limit, work: (one) => surveyHost(one, { projects, records, libraries }) });
  return outcomes.map((outcome): Surveyed => {
    if (outcome.status === "done") return outcome.value;
    return {
      reached: outcome.item,
      projects: new Map(),
      problem: problemOf(outcome.status === "failed" ? outcome.error : undefined, outcome.item.host),
    };
  });
}

async function surveyHost(
  reached: Reached,
  {
    projects,
    records,
    libraries,
  }: { projects: readonly PreparedProject[]; records: Records; libraries: LibraryCheck | undefined },
): Promise<Surveyed> {
  if (!("session" in reached)) return { reached, projects: new Map(), problem: reached.problem };
  const { host, session } = reached;
  const surveying = Promise.all(
    projects
      .filter(({ definition }) => isOn(definition.hosts, host))
      .map(
        async ({ project, definition }) =>
          [
            project,
            await survey(session, { definition, project, host: sameHost(definition.hosts, host), records }),
          ] as const,
      ),
  );
  const [surveys, offer] = await Promise.all([surveying, libraries?.ask(session)]);
  const found = { host: host.name, projects: new Map(surveys), offer };
  return { reached, projects: found.projects, problem: libraries?.problemOn(found) };
}

function isOn(hosts: readonly Host[], { name }: Host): boolean {
  return hosts.some((host) => host.name === name);
}

// A project sees its own targets of a host, not those of other projects.
export function sameHost(hosts: readonly Host[], host: Host): Host {
  return hosts.find(({ name }) => name === host.name) ?? host;
}

function planOf(found: {
  outline: Outline;
  copies: readonly Copy[];
  surveyed: readonly Surveyed[];
  state: OpenedState;
}): Plan {
  const { outline, copies, surveyed, state } = found;
  return {
    schema: "plan/1",
    instance: outline.instance.full,
    local: outline.definition.local,
    projects: copies.map((copy) => projectPlan(copy, { outline, surveyed })),
    hosts: surveyed.map((one) => hostPlan(one, copies)),
    state: stateChange(state),
  };
}

export function stateChange({ state, plan }: OpenedState): StateChange {
  const { passwords, secrets, uiids } = plan;
  return { scope: state.scope, serial: state.serial, passwords, secrets, uiids };
}

function projectPlan(
  copy: Copy,
  { outline, surveyed }: { outline: Outline; surveyed: readonly Surveyed[] },
): ProjectPlan {
  const { project, version, id, hooks } = copy;
  const held = surveyed.flatMap(({ projects }) => projects.get(project)?.release?.version ?? []);
  const position = outline.projects.find((wanted) => wanted.project === project)?.position;
  return {
    project,
    from: [...new Set(held)].sort(),
    to: version,
    release: id,
    hooks,
    ...(position === undefined ? {} : { position }),
  };
}

function hostPlan({ reached: { host }, projects, problem }: Surveyed, copies: readonly Copy[]): HostPlan {
  return {
    host: host.name,
    region: host.region,
    targets: host.targets,
    ...(problem === undefined ? {} : { problem }),
    projects: copies.flatMap((copy) => {
      const [found, wanted] = [projects.get(copy.project), copy.hosts.find((one) => one.host === host.name)];
      return found === undefined || wanted === undefined ? [] : [comparePlan({ copy, wanted, found })];
    }),
  };
}
