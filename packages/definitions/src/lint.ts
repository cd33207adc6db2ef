import { type Environment, type FacsimileError, type InstanceName, isFacsimileError, type ProjectName, problemsOf } from "@facsimile/core"; // biome-ignore format: one line
import { layersOf } from "./chain.ts";
import { type Conglomerate, defineRoot, listInstances } from "./conglomerate.ts";
import { type InstanceChain, instanceChain, stepsIn } from "./instance-chain.ts";
import { unusedLayers } from "./lint-layers.ts";
import { Redundancy } from "./lint-redundant.ts";
import { clearSecrets } from "./lint-secrets.ts";
import { UnusedViews } from "./lint-views.ts";
import { projectsIn } from "./projects.ts";
import type { Step } from "./steps.ts";
import type { Definition, Host, Warning } from "./types.ts";
import { Unique } from "./unique.ts";
import { entryOf } from "./value.ts";
import { stepsFor } from "./views.ts";

export interface LintOptions {
  /** For `${env:NAME}` of local instances. Default: empty. */
  readonly env?: Environment | undefined;
}

/** What a whole conglomerate looks like to a careful reader. */
export interface LintReport {
  readonly instances: number;
  readonly projects: number;
  /** What keeps an instance from being resolved. */
  readonly problems: readonly FacsimileError[];
  /** What stops nothing and is hardly meant, by file and line. */
  readonly findings: readonly Warning[];
}

/** One instance, for one project or for all. */
interface Subject {
  readonly chain: InstanceChain;
  readonly steps: readonly Step[];
  /** Undefined where it has problems. */
  readonly definition: Definition | undefined;
}

/**
 * Resolves every instance, for every project, and says all that is wrong or odd: problems, directives that hit nothing in
 * any chain, values equal to what they inherit in every chain, layers and views that nobody uses, secrets in clear under
 * keys called like one, old keys. A finding in a layer that several chains share is told once.
 */
export async function lint(conglomerate: Conglomerate, { env = {} }: LintOptions = {}): Promise<LintReport> {
  const define = defineRoot(conglomerate);
  const known = projectsIn(layersOf(define, {}));
  const projects = Object.keys(known).filter((name) => entryOf(known[name], "definitions") !== "source");
  const instances = await listInstances(conglomerate);
  const problems = new Unique<FacsimileError>();
  const subjects: Subject[] = [];
  for (const instance of instances) {
    for (const project of [undefined, ...projects] as (ProjectName | undefined)[]) {
      const subject = await subjectOf(conglomerate, { instance, project, env, problems });
      if (subject !== undefined) subjects.push(subject);
    }
  }
  const findings = [...findingsOf(subjects), ...unusedLayers(conglomerate, subjects)];
  return { instances: instances.length, projects: projects.length, problems: problems.all, findings: sorted(findings) };
}

interface SubjectOptions extends Required<LintOptions> {
  readonly instance: InstanceName;
  readonly project: ProjectName | undefined;
  readonly problems: Unique<FacsimileError>;
}

async function subjectOf(
  conglomerate: Conglomerate,
  { instance, project, env, problems }: SubjectOptions,
): Promise<Subject | undefined> {
  try {
    const chain = instanceChain(conglomerate, { instance, project });
    const { steps } = stepsIn(chain, { onProblem: (problem) => problems.add(problem), onWarning: () => undefined });
    const { buildDefinition } = await import("./definition.ts");
    try {
      return { chain, steps, definition: buildDefinition(chain, { instance, project, env }) };
    } catch (error) {
      tell(error, problems);
      return { chain, steps, definition: undefined };
    }
  } catch (error) {
    tell(error, problems);
    return undefined;
  }
}

function tell(error: unknown, problems: Unique<FacsimileError>): void {
  if (!isFacsimileError(error)) throw error;
  for (const problem of problemsOf(error)) problems.add(problem);
}

function findingsOf(subjects: readonly Subject[]): readonly Warning[] {
  const redundancy = new Redundancy();
  const views = new UnusedViews();
  for (const { steps, definition } of subjects) {
    views.declare(steps);
    for (const seen of choices(steps, definition?.hosts ?? [])) {
      redundancy.look(seen);
      views.use(seen);
    }
  }
  const all = new Set(subjects.flatMap(({ steps }) => steps));
  return [...warningsOf(subjects), ...redundancy.findings(), ...views.findings(), ...clearSecrets([...all])];
}

/** What the controller and each kind of host see. */
function choices(steps: readonly Step[], hosts: readonly Host[]): readonly (readonly Step[])[] {
  const found = new Map<string, readonly Step[]>();
  for (const viewer of [{ system: "linux" }, ...hosts]) {
    const seen = stepsFor(steps, viewer);
    found.set(seen.map((step) => steps.indexOf(step)).join(" "), seen);
  }
  return [...found.values()];
}

/** A directive may miss in one chain and hit in another: it is idle when it misses wherever it is. */
function warningsOf(subjects: readonly Subject[]): readonly Warning[] {
  const all = new Unique<Warning>();
  const sound = subjects.flatMap(({ definition }) => definition ?? []);
  for (const warning of sound.flatMap(({ warnings }) => warnings)) {
    const file = warning.position?.file ?? "";
    const isEverywhere = (definition: Definition) =>
      !definition.files.includes(file) || definition.warnings.some((each) => isSame(each, warning));
    if (warning.code !== "DIRECTIVE_IDLE" || sound.every(isEverywhere)) all.add(warning);
  }
  return all.all;
}

function isSame(a: Warning, b: Warning): boolean {
  return (
    a.message === b.message &&
    a.position?.file === b.position?.file &&
    a.position?.line === b.position?.line &&
    a.position?.column === b.position?.column
  );
}

function sorted(findings: readonly Warning[]): readonly Warning[] {
  const place = ({ position: { file, line, column } = { file: "", line: 0, column: 0 } }: Warning) =>
    [file, String(line).padStart(9), String(column).padStart(9)].join("\0");
  const once = new Unique<Warning>();
  for (const finding of findings) once.add(finding);
  return [...once.all].sort((a, b) => (place(a) < place(b) ? -1 : 1));
}
