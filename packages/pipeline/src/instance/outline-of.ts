import {
  FacsimileError,
  type ProjectName,
  type ProjectSpec,
  parseInstance,
  parseProjectSpec,
  throwProblems,
} from "@facsimile/core";
import {
  type Conglomerate,
  type Definition,
  findConglomerate,
  isInRepo,
  listProjects,
  resolve,
} from "@facsimile/definitions";
import type { PipelineContext } from "../context.ts";
import { outlineOfVersion } from "./in-repo.ts";
import { notYet } from "./not-yet.ts";
import type { CopyRequest, Outline, WantedProject } from "./outline.ts";
import { versionSet } from "./version-set.ts";
import { wantedHosts } from "./wanted-hosts.ts";
import { tellWarnings } from "./warnings.ts";

/**
 * @throws All problems of the definition; `VERSION_MISSING`, `UNKNOWN_PROJECT`, `UNKNOWN_INSTANCE`; where versions carry
 *   their own definitions, what {@link outlineOfVersion} throws.
 */
export async function outline(request: CopyRequest, context: PipelineContext): Promise<Outline> {
  const conglomerate = await findConglomerate(context.root);
  const written = await writtenOutline(request, { ...context, conglomerate });
  return isInRepo(conglomerate) ? outlineOfVersion(written, context) : written;
}

/** As the files of the conglomerate have it. */
async function writtenOutline(
  request: CopyRequest,
  context: PipelineContext & { readonly conglomerate: Conglomerate },
): Promise<Outline> {
  const { conglomerate, env } = context;
  const instance = parseInstance(request.instance);
  const specs = (request.projects ?? []).map(parseProjectSpec);
  assertOnce(specs);
  const { srcDir, stages = {} } = request;
  const set = [...(request.set ?? []), ...specs.flatMap(versionSet)];
  if (srcDir !== undefined) {
    const [project] = await oneProject(conglomerate, specs);
    const said = await resolve(conglomerate, { instance, set, env, project });
    const version = developmentVersion(said.values.versions?.[project]);
    return writtenOutline(
      { ...request, srcDir: undefined, projects: [project], set: [...set, ...versionSet({ project, version })] },
      context,
    ).then((outline) => ({ ...outline, srcDir }));
  }
  const resolveFor = (project?: ProjectName) => resolve(conglomerate, { instance, set, env, project });
  const wantedOf = async (project: ProjectName) => {
    const edited = specs.some((spec) => spec.project === project && spec.version !== undefined);
    return wanted(project, { edited, definition: await resolveFor(project) });
  };
  // A name that is no project's is told before what follows from it.
  const asked = await Promise.all(specs.map(({ project }) => wantedOf(project)));
  const definition = await resolveFor();
  throwProblems(notYet(definition));
  const projects = specs.length > 0 ? asked : await Promise.all((await deployed(conglomerate, definition)).map(wantedOf)); // biome-ignore format: one line
  const missing = projects.length > 0 ? projects.filter(isMissing) : [await noVersion(conglomerate, definition)];
  // A key that is nearly `versions` says why.
  if (missing.length > 0) tellWarnings([definition], context);
  throwProblems(missing);
  const found = projects.filter((project): project is WantedProject => !isMissing(project));
  const isProtected = definition.values.protected ?? false;
  const chosen = { set, isProtected, srcDir, stages };
  return { conglomerate, instance, definition, projects: found, ...chosen, ...wantedHosts(definition, found) };
}

/** The projects that have a version in an instance, as the files say it. @throws As {@link outline}, but for versions */
export async function projectsOf(
  { instance, set }: Pick<CopyRequest, "instance" | "set">,
  { root, env }: Pick<PipelineContext, "root" | "env">,
): Promise<readonly ProjectName[]> {
  const conglomerate = await findConglomerate(root);
  return deployed(
    conglomerate,
    await resolve(conglomerate, { instance: parseInstance(instance), set: set ?? [], env }),
  );
}

/** One copy has one version of a project. @throws `USAGE` */
function assertOnce(specs: readonly ProjectSpec[]): void {
  const twice = specs.find(({ project }, index) => specs.findIndex((spec) => spec.project === project) < index);
  if (twice === undefined) return;
  const versions = new Set(specs.filter(({ project }) => project === twice.project).map(({ version }) => version));
  throw new FacsimileError("USAGE", `${twice.project} is named twice`, {
    hint: versions.size === 1 ? "Name it once." : "Name it once, with the version that is meant.",
  });
}

/** The one whose sources are given. @throws `USAGE` */
async function oneProject(conglomerate: Conglomerate, specs: readonly ProjectSpec[]): Promise<readonly [ProjectName]> {
  const asked = specs.length > 0 ? specs.map(({ project }) => project) : await listProjects(conglomerate);
  const [only, ...others] = asked;
  if (only !== undefined && others.length === 0) return [only];
  throw new FacsimileError("USAGE", "--src-dir takes the sources of one project", {
    hint: `Name it: ${asked.join(", ")}.`,
  });
}

/** `1.0.0+dev`: as semantic versions have it, what follows the plus is of the build. */
function developmentVersion(version: string | undefined): string {
  return version === undefined ? "dev" : `${version}+dev`;
}

/** Every project with a version here: an instance need not have them all. */
async function deployed(conglomerate: Conglomerate, { values }: Definition): Promise<readonly ProjectName[]> {
  const projects = await listProjects(conglomerate);
  return projects.filter((project) => values.versions?.[project] !== undefined);
}

async function noVersion(conglomerate: Conglomerate, { instance }: Definition): Promise<FacsimileError> {
  const [first = "<project>"] = await listProjects(conglomerate);
  return new FacsimileError("VERSION_MISSING", `${instance.full} has no version of any project`, {
    hint: isInRepo(conglomerate)
      ? `Set versions.${first} of ${instance.full} in config/facsimile*: the name of a tag of this repository.`
      : `Set versions.${first} in define/${instance.full}.json5.`,
  });
}

function isMissing(found: WantedProject | FacsimileError): found is FacsimileError {
  return found instanceof FacsimileError;
}

function wanted(
  project: ProjectName,
  { edited, definition }: { edited: boolean; definition: Definition },
): WantedProject | FacsimileError {
  const version = definition.values.versions?.[project];
  if (version === undefined) {
    return new FacsimileError("VERSION_MISSING", `${definition.instance.full} says no version of ${project}`, {
      hint: `Name one: facs deploy ${definition.instance.full} ${project}@VERSION`,
    });
  }
  const position = edited ? undefined : definition.origin(["versions", project])?.position;
  return { project, version, edited, definition, position };
}
