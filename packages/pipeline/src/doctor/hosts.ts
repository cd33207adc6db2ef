import type { Host } from "@facsimile/definitions";
import type { HostFacts, LockHolder, Probe, Session } from "@facsimile/transport";
import type { PipelineContext } from "../context.ts";
import { lockText } from "../deploy/lock-text.ts";
import { type Answering, closeAll, probeProjects, type Reached, reachAll } from "../deploy/look/hosts.ts";
import type { Outline } from "../instance/outline.ts";
import { type Finding, failure, failures, ok, warning } from "./finding.ts";

/** Every host of an instance: that it answers, can be deployed to, and is nobody else's. Nothing is changed there. */
export async function hostFindings(outline: Outline, context: PipelineContext): Promise<readonly Finding[]> {
  const reached = await reachAll(outline, context);
  try {
    const found = await Promise.all(
      reached.map(async (one) => inRegion(one.host, await hostOf(one, { outline, context }))),
    );
    return [...found.flat(), ...outline.down.flatMap(downFinding)];
  } finally {
    await closeAll(reached);
  }
}

function inRegion({ region }: Host, findings: readonly Finding[]): Finding[] {
  return findings.map((finding) => ({ ...finding, region }));
}

function downFinding(host: Host): Finding[] {
  const next = `When it is back, take hosts."${host.name}".down out of the definition.`;
  return inRegion(host, [warning(host.name, `left out: ${host.down}`, next)]);
}

interface Looking {
  readonly outline: Outline;
  readonly context: PipelineContext;
}

async function hostOf(reached: Reached, looking: Looking): Promise<Finding[]> {
  const about = reached.host.name;
  if ("problem" in reached) return [failure(about, reached.problem)];
  try {
    const { session } = reached;
    const [facts, problems, places] = await Promise.all([session.facts(), session.preflight(), placeFindings(reached, looking)]); // biome-ignore format: one line
    const slower = problems.map(({ message, hint = "" }) => warning(about, `${message}: large files go whole`, hint));
    return [ok(about, factsText(session, { ...places, facts })), ...slower, ...places.found, ...factFindings(about, { facts, session, ...looking })]; // biome-ignore format: one line
  } catch (error) {
    return failures(about, error);
  }
}

interface Places {
  readonly found: readonly Finding[];
  readonly freeBytes: number;
}

async function placeFindings(answering: Answering, { outline }: Looking): Promise<Places> {
  const about = answering.host.name;
  const probes = await probeProjects(answering, outline.projects, ["lock", "space"]);
  const { lock } = probes.find(({ probe }) => probe.lock !== undefined)?.probe ?? {};
  return {
    freeBytes: Math.min(...probes.map(({ probe }) => probe.freeBytes)),
    found: [
      ...probes.flatMap(({ project, probe }) =>
        probe.adoption === "foreign" ? [foreign(about, { project, ...probe })] : [],
      ),
      ...(lock === undefined ? [] : [locked(about, lock)]),
    ],
  };
}

function foreign(
  about: string,
  { project, base, owner }: Pick<Probe, "base" | "owner"> & { readonly project: string },
): Finding {
  const whose = owner === undefined ? "something that is not ours" : `${owner.project} of ${owner.instance}`;
  return warning(
    about,
    `${base} holds ${whose}; ${project} is to lie there`,
    "Choose another home, or take it over: facs deploy … --adopt",
  );
}

function locked(about: string, lock: LockHolder): Finding {
  const next = lock.expired ? "The next deploy takes it." : "It frees itself when the run ends or its time is over.";
  return warning(about, lockText(lock), next);
}

/** Seconds by which two clocks may differ before somebody wonders. */
const SKEW = 60;

function factFindings(
  about: string,
  { session, facts: { clock }, context }: Looking & { readonly session: Session; readonly facts: HostFacts },
): Finding[] {
  const { noisy } = session;
  const skew = Math.round(clock - context.now().getTime() / 1000);
  return [
    ...(noisy
      ? [
          warning(
            about,
            "its login shell prints something before it is asked",
            "Move that behind an interactive check in ~/.bashrc.",
          ),
        ]
      : []),
    ...(Math.abs(skew) > SKEW
      ? [
          warning(
            about,
            `its clock is ${Math.abs(skew)} s ${skew > 0 ? "ahead" : "behind"}`,
            "Let it keep time: chrony, systemd-timesyncd.",
          ),
        ]
      : []),
  ];
}

function factsText({ endpoint }: Session, { freeBytes, facts }: Places & { readonly facts: HostFacts }): string {
  const free = Number.isFinite(freeBytes) ? [`${(freeBytes / 1e9).toFixed(1)} GB free`] : [];
  if (endpoint.kind === "local") return ["this machine", ...free].join(", ");
  return [`host key known, rsync ${facts.rsync}`, `user ${facts.user}`, ...free].join(", ");
}
