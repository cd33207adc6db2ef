import path from "node:path";
import { FacsimileError } from "@facsimile/core";
import type { Difference, Manifest } from "@facsimile/manifest";
import { neighbourProblems, notAdopted, type Probe, type SpaceNeed, spaceProblem } from "@facsimile/transport";
import type { Copy, HostCopy } from "../../release/release.ts";
import type { Survey, Surveyed } from "../look/survey.ts";
import { comparePlan, needsTree } from "./compare.ts";
import { allOf } from "./refusals.ts";
import { type Lost, shrinkProblem } from "./shrinks.ts";
import type { HostProjectPlan } from "./types.ts";

export interface PreflightRequest {
  /** Take over a home that holds something else. Default `false`. */
  readonly adopt?: boolean | undefined;
  /** Let releases lack most of the files that hosts have now. Default `false`. */
  readonly allowDeletes?: boolean | undefined;
}

export interface Preflight {
  readonly copies: readonly Copy[];
  /** Absolute paths that no deploy may touch. */
  readonly protect: readonly string[];
  readonly request: PreflightRequest;
}

/**
 * Adds to each host that was asked all that stands against giving it its copies: `HOME_REFUSED`, `NOT_ADOPTED`, `SHRINKS`,
 * `PATH_CLASH`, `NO_SPACE`. By what the survey saw; nothing is asked, nothing is written.
 */
export function preflight(surveyed: readonly Surveyed[], context: Preflight): Surveyed[] {
  return surveyed.map((one) => {
    const problems = [...(one.problem === undefined ? [] : [one.problem]), ...problemsOn(one, context)];
    return { ...one, problem: allOf(problems) };
  });
}

/**
 * {@link preflight} of hosts that go back to what they hold: `HOME_REFUSED` for what `protect` names, `NOT_ADOPTED` for what
 * another instance took over.
 */
export function preflightBack(
  surveyed: readonly Surveyed[],
  { protect, instance }: Pick<Preflight, "protect"> & { readonly instance: string },
): Surveyed[] {
  return surveyed.map((one) => {
    const { name } = one.reached.host;
    const running = [...one.projects.values()].filter(({ probe }) => probe.current !== undefined);
    const refused = running.flatMap(({ probe }) => protectedProblem(name, { probe, protect }));
    const taken = running.flatMap(({ probe }) => takenOver(name, { probe, instance }));
    return { ...one, problem: allOf([...(one.problem === undefined ? [] : [one.problem]), ...refused, ...taken]) };
  });
}

function takenOver(host: string, { probe, instance }: { probe: Probe; instance: string }): FacsimileError[] {
  const { owner } = probe;
  if (owner === undefined) return [];
  const hint = `Choose the other hosts (--hosts). To take the place over: facs deploy ${instance} --adopt`;
  const { code, message } = notAdopted(host, probe);
  return [new FacsimileError(code, message, { hint })];
}

interface Job {
  readonly change: HostProjectPlan;
  readonly wanted: HostCopy;
  readonly found: Survey;
  readonly need: SpaceNeed;
  readonly lost: Lost;
}

function problemsOn({ reached, projects }: Surveyed, { copies, protect, request }: Preflight): FacsimileError[] {
  const { name } = reached.host;
  const mine = copies.flatMap((copy) => placeFor(copy, { host: name, found: projects.get(copy.project) }));
  const taken = request.adopt === true ? [] : mine.filter(({ found: { probe } }) => probe.adoption === "foreign");
  const jobs = mine.flatMap(jobOf);
  const found = jobs.flatMap(({ change: { project }, lost, found: { probe, way = [] } }) => [
    ...protectedProblem(name, { probe, protect }),
    ...way.filter(({ code }) => code !== "NOT_ADOPTED" || request.adopt !== true),
    ...(request.allowDeletes === true ? [] : shrinkProblem(name, { project, lost })),
  ]);
  // Also where the right tree lies there already: what is another's must not become ours unasked.
  const strange = taken.map(({ found: { probe } }) => notAdopted(name, probe));
  return [...strange, ...found, ...clashes(name, jobs), ...spaceProblems(name, jobs)];
}

type Placed = Pick<Job, "wanted" | "found"> & { readonly copy: Copy };

function placeFor(copy: Copy, { host, found }: { host: string; found: Survey | undefined }): Placed[] {
  const wanted = copy.hosts.find((one) => one.host === host);
  return found === undefined || wanted === undefined ? [] : [{ copy, wanted, found }];
}

function jobOf({ copy, wanted, found }: Placed): Job[] {
  // Most hosts of most deploys: nothing to compare.
  const { current, unlinked } = found.probe;
  if (!needsTree({ tree: wanted.treeId, current: current?.tree, drift: found.drift, unlinked })) return [];
  const change = comparePlan({ copy, wanted, found });
  const need = { bytes: change.bytes, inodes: wanted.manifest.entries.length - (filesIn(wanted.manifest) - change.files) }; // biome-ignore format: one line
  return [{ change, wanted, found, need, lost: lostOf(change, { wanted, found }) }];
}

/** Of what was deployed, and of what somebody else put beside it: a deploy leaves neither. */
function lostOf({ changes, drift }: HostProjectPlan, { wanted, found }: { wanted: HostCopy; found: Survey }): Lost {
  const kept = new Set(wanted.manifest.entries.map(({ path }) => path));
  const extra = (all: readonly Difference[]) => all.filter(({ kind, path, actual }) => kind === "extra" && actual?.type === "file" && !kept.has(path)).length; // biome-ignore format: one line
  const [dropped, undeclared] = [extra(changes), extra(drift)];
  return { files: dropped + undeclared, undeclared, of: filesIn(found.manifest) + undeclared };
}

function filesIn(manifest: Manifest | undefined): number {
  return (manifest?.entries ?? []).filter(({ type }) => type === "file").length;
}

/** Projects that are to lie in one home itself, and want the same paths. */
function clashes(host: string, jobs: readonly Job[]): FacsimileError[] {
  const mirrors = jobs.filter(({ found }) => found.place.strategy === "mirror");
  return mirrors.flatMap(({ change: { project }, wanted, found }, index) => {
    const others = mirrors.slice(0, index).filter((other) => other.found.place.home === found.place.home);
    const neighbours = others.map((other) => ({ project: other.change.project, manifests: [other.wanted.manifest] }));
    return neighbourProblems(host, { project, wanted: wanted.manifest, neighbours });
  });
}

/** Projects of one home share its file system. */
function spaceProblems(host: string, jobs: readonly Job[]): FacsimileError[] {
  const homes = new Set(jobs.map(({ found }) => found.place.home));
  return [...homes].flatMap((home) => {
    const mine = jobs.filter(({ found }) => found.place.home === home);
    const sum = (of: (need: SpaceNeed) => number) => mine.reduce((all, { need }) => all + of(need), 0);
    const need = { bytes: sum(({ bytes }) => bytes), inodes: sum(({ inodes }) => inodes) };
    const [probe] = mine
      .map(({ found }) => found.probe)
      .filter(({ freeBytes }) => freeBytes !== Number.POSITIVE_INFINITY);
    return probe === undefined ? [] : (spaceProblem(host, { need, found: probe }) ?? []);
  });
}

function protectedProblem(
  host: string,
  { probe, protect }: { probe: Pick<Probe, "base">; protect: readonly string[] },
): FacsimileError[] {
  const home = path.posix.dirname(probe.base);
  const near = protect
    .map((one) => path.posix.normalize(`${one}/`))
    .find((one) => `${home}/`.startsWith(one) || one.startsWith(`${home}/`));
  if (near === undefined) return [];
  const shown = near.replace(/(.)\/$/, "$1");
  const how = `${home}/` === near ? "is" : `${home}/`.startsWith(near) ? "lies in" : "holds";
  return [
    new FacsimileError("HOME_REFUSED", `${host}: ${home} ${how} ${shown}, which deploy.protect keeps from deploys`, {
      hint: "Set another home, or take the path out of deploy.protect.",
    }),
  ];
}
