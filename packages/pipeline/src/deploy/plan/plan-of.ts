import type { Host } from "@facsimile/definitions";
import type { PipelineContext } from "../../context.ts";
import type { Outline } from "../../instance/outline.ts";
import type { Copy } from "../../release/release.ts";
import type { OpenedState } from "../../secrets/open.ts";
import type { Survey, Surveyed } from "../look/survey.ts";
import type { Work } from "../report.ts";
import { comparePlan, isConfirmed, isExact } from "./compare.ts";
import { madeSecrets } from "./secrets.ts";
import type { DownHost, HostPlan, HostProjectPlan, Plan, ProjectPlan, StateChange } from "./types.ts";
import { comparedValues } from "./values.ts";
import { waveReport } from "./wave-report.ts";
import { planWaves } from "./waves.ts";

/** What a deploy would do, from all that it knows before it begins. */
export async function planOf(work: Work, context: PipelineContext): Promise<Plan> {
  const { outline, projects, copies, surveyed, state } = work;
  const definitions = projects.map(({ definition }) => definition);
  const hosts = surveyed.map((one) => hostPlan(one, copies));
  return {
    schema: "plan/1",
    instance: outline.instance.full,
    local: outline.definition.local,
    projects: copies.map((copy) => projectPlan(copy, { outline, surveyed })),
    hosts,
    ...wavesOf(hosts, outline),
    ...(outline.down.length === 0 ? {} : { down: outline.down.map(downPlan) }),
    state: stateChange(state),
    made: madeSecrets(state, [outline.definition, ...definitions]),
    ...(await comparedValues(work, context)),
  };
}

/** The order in which hosts would be switched, where it is not theirs. */
function wavesOf(hosts: readonly HostPlan[], { definition, hosts: all }: Outline): Pick<Plan, "waves"> {
  const { policy, waves } = definition.values.deploy;
  if (policy !== "rolling") return {};
  const active = hosts.filter(({ problem, projects }) => problem === undefined && !projects.every(isExact));
  const members = all.filter(({ name }) => active.some(({ host }) => host === name)).map((host) => ({ host }));
  return { waves: planWaves(members, waves).map(waveReport) };
}

function downPlan({ name, region, down = "" }: Host): DownHost {
  return { host: name, region, why: down };
}

function stateChange({ state, plan }: OpenedState): StateChange {
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
      return found === undefined || wanted === undefined
        ? []
        : [{ ...comparePlan({ copy, wanted, found }), ...unconfirmed(found) }];
    }),
  };
}

function unconfirmed(found: Survey): Pick<HostProjectPlan, "unconfirmed"> {
  return found.probe.current === undefined || isConfirmed(found) ? {} : { unconfirmed: true };
}
