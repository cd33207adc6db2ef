import path from "node:path";
import {
  FacsimileError,
  isFacsimileError,
  type ProjectName,
  problemsOf,
  settled,
  throwProblems,
} from "@facsimile/core";
import { type Conglomerate, conglomerateAt, type Definition, isInRepo, listProjects, resolve } from "@facsimile/definitions"; // biome-ignore format: one line
import type { PipelineContext } from "../context.ts";
import { tryGit } from "../git.ts";
import type { CheckoutRequest } from "../sources/checkout.ts";
import { repositoryOf } from "../sources/repository.ts";
import { takeSources } from "../sources/take-sources.ts";
import { notYet } from "./not-yet.ts";
import type { Carried, Outline, WantedProject } from "./outline.ts";
import { versionSet } from "./version-set.ts";
import { wantedHosts } from "./wanted-hosts.ts";

/**
 * The outline as the version itself has it: the working tree gives project, repository and version, everything else is
 * read from the checkout. What is protected in either is protected.
 *
 * @throws `GIT_NEEDED`, `NO_DEFINITIONS`, `VERSIONS_APART`; what `checkout` and `resolve` throw
 */
export async function outlineOfVersion(written: Outline, context: PipelineContext): Promise<Outline> {
  const set = [...written.set, ...written.projects.flatMap(versionSet)];
  const outline = { ...written, set };
  const reading = { ...context, outline, place: await placeInRepository(context) };
  const work = written.projects.map((wanted) => projectOfVersion(wanted, reading));
  const projects = await settled(work);
  const [first] = projects;
  if (first === undefined) return written;
  assertOneCommit(outline, projects);
  const definition = await inVersion(first, () => definitionOf(first.conglomerate, reading));
  throwProblems(notYet(definition));
  const isProtected = written.isProtected || (definition.values.protected ?? false);
  return { ...outline, definition, projects, isProtected, ...wantedHosts(definition, projects) };
}

/** Where the conglomerate lies in its git repository. */
interface Place {
  readonly top: string;
  /** From there to the conglomerate: `""`, or `services/shop/`. */
  readonly prefix: string;
}

interface Carrier extends WantedProject {
  readonly carried: Carried;
  readonly conglomerate: Conglomerate;
}

async function placeInRepository({ root, ...context }: PipelineContext): Promise<Place> {
  const args = ["rev-parse", "--show-toplevel", "--show-prefix"];
  const { exitCode, stdout } = await tryGit(args, { ...context, cwd: root });
  const [top = root, prefix = ""] = stdout.split("\n");
  if (exitCode === 0) return { top, prefix };
  throw new FacsimileError("GIT_NEEDED", `${root} is in no git repository, and a version is a tag of it`, {
    hint: "git init, commit what is there, and tag it: git tag 1.0.0",
  });
}

interface Reading extends PipelineContext {
  readonly outline: Outline;
  readonly place: Place;
}

async function projectOfVersion(wanted: WantedProject, reading: Reading): Promise<Carrier> {
  const source = await takeSources(
    { wanted, outline: takingFrom(reading), from: requestFor(wanted, reading) },
    reading,
  );
  return inVersion(wanted, async () => {
    const folder = path.join(source.top, reading.place.prefix);
    const conglomerate = conglomerateAt(folder, { shownFrom: reading.root });
    if (conglomerate === undefined || !(await isCarrier(conglomerate, wanted))) throw noDefinitions(wanted);
    const definition = await definitionOf(conglomerate, { ...reading, project: wanted.project });
    return { ...wanted, definition, conglomerate, carried: { source, own: conglomerate.own } };
  });
}

async function isCarrier(conglomerate: Conglomerate, { project }: WantedProject): Promise<boolean> {
  return isInRepo(conglomerate) && (await listProjects(conglomerate)).includes(project);
}

/** A working tree is a whole repository, also where the conglomerate is a folder of it. */
function takingFrom({ outline, place, root }: Reading): Outline {
  const { srcDir } = outline;
  return srcDir !== undefined && path.resolve(root, srcDir) === root ? { ...outline, srcDir: place.top } : outline;
}

/** `repo: "."` is the repository that the conglomerate lies in, and the project that folder of it. */
function requestFor(wanted: WantedProject, { place, root }: Reading): CheckoutRequest {
  const request = repositoryOf(wanted);
  if (path.resolve(root, request.repo) !== root) return request;
  return { ...request, repo: place.top, subfolder: path.join(place.prefix, request.subfolder ?? ".") };
}

function definitionOf(
  conglomerate: Conglomerate,
  { outline, env, project }: Reading & { readonly project?: ProjectName },
): Promise<Definition> {
  const { instance, set } = outline;
  return resolve(conglomerate, { instance, set, env, project, source: conglomerate.root });
}

/** A place names the checkout; without one the message has to. */
async function inVersion<T>({ project, version }: WantedProject, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isFacsimileError(error) || error.code === "NO_DEFINITIONS") throw error;
    const problems = problemsOf(error).map((problem) => {
      const { code, message, hint, position, cause } = problem;
      if (position !== undefined) return problem;
      return new FacsimileError(code, `in ${project} ${version}, ${message}`, { hint, cause });
    });
    throwProblems(problems);
    throw error;
  }
}

function noDefinitions({ project, version, position }: WantedProject): FacsimileError {
  const message = `${project} ${version} carries no definitions: no config/facsimile* in it names projects.${project}`;
  return new FacsimileError("NO_DEFINITIONS", message, {
    hint: "Name a version that has them; one that has none can be deployed from a conglomerate: facs init DIR",
    position,
  });
}

/** One set of hosts, one state: two versions could disagree on what the instance is. */
function assertOneCommit({ instance }: Outline, projects: readonly Carrier[]): void {
  if (new Set(projects.map(({ carried }) => carried.source.commit)).size === 1) return;
  const named = projects.map(({ project, version }) => `${project} ${version}`).join(", ");
  throw new FacsimileError("VERSIONS_APART", `${named} are different commits, and each has its own ${instance.full}`, {
    hint: `Name one of the projects: facs plan ${instance.full} ${projects[0]?.project}`,
  });
}
