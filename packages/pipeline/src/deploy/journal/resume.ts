import { didYouMean, FacsimileError } from "@facsimile/core";
import type { PipelineContext } from "../../context.ts";
import { hostWords } from "../../instance/chosen-hosts.ts";
import type { Copy } from "../../release/release.ts";
import { rollbackAgain } from "../rollback/again.ts";
import { type PastRun, pastRuns } from "./journals.ts";

/** An earlier run of which something is still to be done. */
export interface TakenUp {
  readonly run: string;
  readonly projects: PastRun["projects"];
  readonly set: PastRun["set"];
  /** Those that it left behind, and those that it was done with and a later run here may have switched. */
  readonly hosts: ReadonlySet<string>;
  readonly done: ReadonlySet<string>;
  /** All that it was for, as they are typed, a blank before; nothing where that were all hosts. */
  readonly only: string;
}

/**
 * The run that is named, or without a name the last one here; also one that was killed.
 *
 * @throws `UNKNOWN_RUN`, `RUN_NEWER`, `RUN_INVALID`
 */
export async function takeUp(
  { instance, run }: { readonly instance: string; readonly run?: string | undefined },
  context: Pick<PipelineContext, "work">,
): Promise<TakenUp> {
  const runs = await pastRuns(instance, context);
  const found = run === undefined ? runs.at(-1) : runs.find((one) => one.run === run);
  if (found === undefined) throw unknownRun({ instance, run, runs });
  assertReadable(found);
  if (run !== undefined) assertSettled(found, instance);
  if (found.action === "rollback") throw ofRollback(found, instance);
  const since = switchedAfter(found, runs);
  const isDone = (host: string) => ["done", "unchanged"].includes(found.hosts.get(host) ?? "") && !since.has(host);
  const names = [...found.hosts].filter(([, outcome]) => outcome !== "skipped").map(([host]) => host);
  return {
    run: found.run,
    projects: found.projects,
    set: found.set,
    hosts: new Set(names.filter((host) => !isDone(host))),
    done: new Set(names.filter(isDone)),
    only: onlyOf(found),
  };
}

/** Outcomes with which a host runs what it ran before; a run that was killed notes no switch before it is confirmed. */
const AS_BEFORE = ["skipped", "unchanged", "reverted"];

/** Hosts that later runs here may have switched: to know, they are to be asked. */
function switchedAfter(found: PastRun, runs: readonly PastRun[]): ReadonlySet<string> {
  const later = runs.slice(runs.indexOf(found) + 1);
  return new Set(
    later.flatMap(({ hosts, isEnded }) => {
      const before = isEnded ? [...AS_BEFORE, "not tried"] : AS_BEFORE;
      return [...hosts].filter(([, outcome]) => !before.includes(outcome)).map(([host]) => host);
    }),
  );
}

/** The hosts that a run was for, as they are typed. One that was killed does not say whether the instance has others. */
function onlyOf({ hosts, isEnded }: PastRun): string {
  const chosen = [...hosts].filter(([, outcome]) => outcome !== "skipped").map(([host]) => host);
  return isEnded && chosen.length === hosts.size ? "" : hostWords({ hosts: chosen });
}

function ofRollback(past: PastRun, instance: string): FacsimileError {
  const { run, projects } = past;
  const goals = projects.flatMap(({ project, release }) => (release === undefined ? [] : [{ project, release }]));
  return new FacsimileError("USAGE", `run ${run} was a rollback; a deploy does not go on with it`, {
    hint: `To go on with it: ${rollbackAgain(instance, goals)
      .map((line) => `${line}${onlyOf(past)}`)
      .join(", and ")}. To deploy what the definitions say: without --resume and --only-failed.`,
  });
}

function assertReadable({ run, format, projects, damaged }: PastRun): void {
  if (/^run\/\d+$/.test(format) && format !== "run/1") {
    throw new FacsimileError(
      "RUN_NEWER",
      `the journal of run ${run} is of format ${format}; this version reads run/1`,
      {
        hint: "Use a newer facs.",
      },
    );
  }
  if (damaged !== undefined) {
    throw new FacsimileError(
      "RUN_INVALID",
      `line ${damaged} of the journal of run ${run} is not what a journal holds`,
      {
        hint: "Nobody can go on with that run. Deploy anew, without --resume and --only-failed: hosts that hold everything are left alone.",
      },
    );
  }
  if (projects.length > 0) return;
  throw new FacsimileError("UNKNOWN_RUN", `run ${run} ended before it began: its journal names no project`, {
    hint: "It touched no host. Deploy anew.",
  });
}

/** A run that ended before it made the secrets of its releases, or wrote their versions down. */
function assertSettled(past: PastRun, instance: string): void {
  const { run, projects } = past;
  if (projects.every(({ release }) => release !== undefined)) return;
  const words = projects.map(({ project, version }) => ` ${project}@${version}`).join("");
  throw new FacsimileError("UNKNOWN_RUN", `run ${run} ended before it was settled what exactly it would bring`, {
    hint: `It touched no host, and neither made a secret nor wrote a version down. Deploy anew: facs deploy ${instance}${words}${onlyOf(past)}`,
  });
}

function unknownRun({
  instance,
  run,
  runs,
}: {
  instance: string;
  run: string | undefined;
  runs: readonly PastRun[];
}): FacsimileError {
  const names = runs.map((one) => one.run);
  const what = run === undefined ? `no run of ${instance}` : `no run ${JSON.stringify(run)} of ${instance}`;
  const near = run === undefined ? undefined : didYouMean(run, names);
  const last =
    names.length === 0 ? "Journals lie on the machine that deployed." : `The last ones: ${names.slice(-3).join(", ")}.`;
  return new FacsimileError("UNKNOWN_RUN", `there is ${what} in RELEASE/${instance}/runs`, {
    hint: near === undefined ? last : `Did you mean ${near}? ${last}`,
  });
}

/**
 * What a run goes on with must be what it began with.
 *
 * @throws `RESUME_DIFFERS`: what changed, project by project
 */
export function assertSame(
  { run, projects, only }: Pick<TakenUp, "run" | "projects" | "only">,
  copies: readonly Copy[],
): void {
  const changes = projects.flatMap((then) =>
    changeOf(
      then,
      copies.find(({ project }) => project === then.project),
    ),
  );
  const [first] = changes;
  if (first === undefined) return;
  throw new FacsimileError("RESUME_DIFFERS", `run ${run} cannot go on: ${changes.join("; ")}`, {
    hint: `Put back what changed; or deploy what is now: without --resume${only === "" ? "" : `, with${only}`}.`,
  });
}

/** A project that left the instance since the run is not brought back by going on with it. @throws `RESUME_DIFFERS` */
export function assertStillHere(
  { run, projects, only }: Pick<TakenUp, "run" | "projects" | "only">,
  {
    request,
    now,
  }: { request: { readonly instance: string; readonly resume?: string | undefined }; now: readonly string[] },
): void {
  const gone = projects.map(({ project }) => project).filter((project) => !now.includes(project));
  if (gone.length === 0) return;
  const what = `${gone.join(", ")} ${gone.length === 1 ? "is" : "are"} not deployed here any more`;
  throw new FacsimileError("RESUME_DIFFERS", `run ${run} cannot go on: ${what}`, {
    hint: `Deploy what is now, without ${request.resume === undefined ? "--only-failed" : "--resume"}: facs deploy ${request.instance}${only}`,
  });
}

function changeOf(then: PastRun["projects"][number], now: Copy | undefined): string[] {
  const { project, version, release = "" } = then;
  if (now === undefined) return [`${project} is not deployed here any more`];
  if (now.id === release) return [];
  if (now.version !== version) return [`${project} is ${now.version} now, and was ${version}`];
  return [`${project} ${version} has other content or other hosts now (${now.id.slice(0, 7)}, and was ${release.slice(0, 7)})`]; // biome-ignore format: one line
}
