import { didYouMean, FacsimileError, meantOr, type Position } from "@facsimile/core";
import { type Definition, STANDARD_STAGES } from "@facsimile/definitions";

/** Which stages of a project a command runs; names as the definition has them. */
export interface StageChoice {
  /** Those before it must have been done; they are not done again. */
  readonly start?: string | undefined;
  /** Nothing after it is done. */
  readonly end?: string | undefined;
  readonly only?: string | undefined;
}

/** A command as definitions have it: a shell line, or a program and its arguments. */
export type Command = string | readonly string[];

/** A stage with commands of the user's. */
export interface OwnStage {
  readonly name: string;
  readonly run: readonly Command[];
  readonly env: Readonly<Record<string, string>>;
  /** Seconds, for each command. */
  readonly timeout: number;
  readonly position: Position | undefined;
  /** Made after the commands have run. */
  readonly virtualenv?: Virtualenv | undefined;
}

/** `build.virtualenv` with its defaults in place. */
export interface Virtualenv {
  /** Relative to the build. */
  readonly dir: string;
  /** `undefined`: nothing but the project. */
  readonly requirements: string | undefined;
  readonly project: boolean;
  /** Python on the hosts, absolute. */
  readonly python: string;
  /** Of `pip install`. */
  readonly options: readonly string[];
}

/** Seconds that a command of a build may take, unless the definition says otherwise. */
export const BUILD_TIMEOUT = 3600;

/** The stages of a project, in their order. */
export function stageNames({ values }: Pick<Definition, "values">, project: string): readonly string[] {
  const written = values.projects?.[project]?.stages ?? STANDARD_STAGES;
  return written.map((stage) => (typeof stage === "string" ? stage : stage.name));
}

/**
 * What runs in the build folder before the files are installed, and what runs after, before the deploy: in order, with
 * `build.run` as the stage `build`.
 */
export function ownStages(
  definition: Definition,
  project: string,
): { readonly before: readonly OwnStage[]; readonly after: readonly OwnStage[] } {
  const written = definition.values.projects?.[project]?.stages ?? STANDARD_STAGES;
  const { build = {} } = definition.values;
  const stages = written.map((stage, index): OwnStage => {
    const path = typeof stage === "string" ? ["build", "run"] : ["projects", project, "stages", String(index), "run"];
    const {
      run = [],
      env = {},
      timeout = BUILD_TIMEOUT,
    } = typeof stage === "string" ? (stage === "build" ? build : {}) : stage;
    const name = typeof stage === "string" ? stage : stage.name;
    const virtualenv = stage === "build" ? virtualenvOf(build.virtualenv) : undefined;
    const place = definition.origin(path) ?? definition.origin(["build", "virtualenv"]);
    return { name, run, env, timeout, position: place?.position, ...(virtualenv && { virtualenv }) };
  });
  const install = stages.findIndex(({ name }) => name === "install");
  const own = (some: readonly OwnStage[]) =>
    some.filter(({ run, virtualenv }) => run.length > 0 || virtualenv !== undefined);
  return { before: own(stages.slice(0, install)), after: own(stages.slice(install + 1)) };
}

function virtualenvOf(written: NonNullable<Definition["values"]["build"]>["virtualenv"]): Virtualenv | undefined {
  if (written === undefined || written === false) return undefined;
  const {
    dir = "venv",
    project = false,
    python = "/usr/bin/python3",
    options = [],
    ...rest
  } = written === true ? {} : written;
  return {
    dir,
    project,
    python,
    options,
    requirements: rest.requirements ?? (project ? undefined : "requirements.txt"),
  };
}

/**
 * The stages that a choice runs, of those that there are.
 *
 * @throws `UNKNOWN_STAGE`; `USAGE` where choices do not go together or leave none
 */
export function stagesToRun(names: readonly string[], { start, end, only }: StageChoice): readonly string[] {
  if (only !== undefined && (start ?? end) !== undefined) {
    throw new FacsimileError("USAGE", "--only names the one stage to run: --start and --end do not go with it", {
      hint: `Write --only ${only}, or --start and --end.`,
    });
  }
  const [first, last] = [indexOf(names, start ?? only ?? names[0]), indexOf(names, end ?? only ?? names.at(-1))];
  if (first <= last) return names.slice(first, last + 1);
  throw new FacsimileError("USAGE", `no stage is left: ${start} comes after ${end}`, {
    hint: `The stages in their order: ${names.join(", ")}.`,
  });
}

/** Whether the sources that are here are taken as they are, without asking their repository. */
export function skipsCheckout({ start, only }: StageChoice): boolean {
  return (start ?? only ?? "checkout") !== "checkout";
}

/** What has to be done before, and was not. */
export function notDone(
  stage: string,
  { project, version, instance }: Record<"project" | "version" | "instance", string>,
): FacsimileError {
  return new FacsimileError("STAGE_NOT_DONE", `${project} ${version}: the stage ${stage} has not been done here`, {
    hint: `facs deploy ${instance} ${project} --end ${stage}`,
  });
}

function indexOf(names: readonly string[], name: string | undefined): number {
  const index = names.indexOf(name ?? "");
  if (index >= 0) return index;
  throw new FacsimileError("UNKNOWN_STAGE", `there is no stage ${name}`, {
    hint: meantOr(didYouMean(name ?? "", names), `Stages: ${names.join(", ")}.`),
  });
}
