import { type FacsimileError, type InstanceName, isFacsimileError, parseInstance, parseProject, problemsOf } from "@facsimile/core"; // biome-ignore format: one line
import { type Conglomerate, type Definition, type DescribedProject, describeProjects, findConglomerate, type Host, listInstances, resolve } from "@facsimile/definitions"; // biome-ignore format: one line
import type { PipelineContext } from "../context.ts";
import { withoutLogin } from "../sources/git/address.ts";

export interface Listing {
  readonly schema: "list/1";
  readonly root: string;
  /** In the order of the definition. */
  readonly projects: readonly DescribedProject[];
  /** In byte order. */
  readonly instances: readonly ListedInstance[];
}

export interface ListedInstance {
  readonly instance: string;
  readonly local: boolean;
  readonly protected: boolean;
  /** The name of its state. */
  readonly scope: string;
  /** Project → version. */
  readonly versions: Readonly<Record<string, string>>;
  readonly hosts: readonly ListedHost[];
  /** Files read for all projects, weakest first. */
  readonly files: readonly string[];
  /** Project → those that are read for it besides, and what comes after them. Only where one instance was asked for. */
  readonly projectFiles?: readonly ProjectFiles[];
  /** What is wrong with it; the rest is then empty. */
  readonly problems: readonly FacsimileError[];
}

export interface ListedHost extends Omit<Host, "name" | "region"> {
  readonly host: string;
  readonly region: string | undefined;
}

export interface ProjectFiles {
  readonly project: string;
  readonly files: readonly string[];
  /** The file of all projects before which they are read; undefined for the end. */
  readonly before: string | undefined;
}

/** Every project and instance of the conglomerate. One that is broken is told, and hides none of the others. */
export async function list(context: Pick<PipelineContext, "root" | "env">): Promise<Listing> {
  const conglomerate = await findConglomerate(context.root);
  const instances = await listInstances(conglomerate);
  const listed = await Promise.all(instances.map((instance) => attempt(instance, { conglomerate, ...context })));
  return listing(conglomerate, listed);
}

/**
 * One instance in full.
 *
 * @throws What `resolve` throws: `UNKNOWN_INSTANCE`, and everything that is wrong with it.
 */
export async function listOne(name: string, context: Pick<PipelineContext, "root" | "env">): Promise<Listing> {
  const conglomerate = await findConglomerate(context.root);
  const instance = parseInstance(name);
  const definition = await resolve(conglomerate, { instance, env: context.env });
  const names = Object.keys(definition.values.versions ?? {}).map(parseProject);
  const projectFiles = await Promise.all(
    names.map(async (project) => {
      const { files } = await resolve(conglomerate, { instance, project, env: context.env });
      return { project, ...ownFiles(files, definition.files) };
    }),
  );
  return listing(conglomerate, [{ ...listedInstance(definition), projectFiles }]);
}

async function listing(conglomerate: Conglomerate, instances: readonly ListedInstance[]): Promise<Listing> {
  const described = await describeProjects(conglomerate);
  const projects = described.map(({ repo, ...project }) => ({ ...project, repo: repo && withoutLogin(repo) }));
  return { schema: "list/1", root: conglomerate.root, projects, instances };
}

async function attempt(
  instance: InstanceName,
  { conglomerate, env }: { conglomerate: Conglomerate; env: PipelineContext["env"] },
): Promise<ListedInstance> {
  try {
    return listedInstance(await resolve(conglomerate, { instance, env }));
  } catch (error) {
    if (!isFacsimileError(error)) throw error;
    const nothing = { local: false, protected: false, scope: "", versions: {}, hosts: [], files: [] };
    return { instance: instance.full, ...nothing, problems: problemsOf(error) };
  }
}

function listedInstance({ instance, values, local, scope, hosts, files }: Definition): ListedInstance {
  return {
    instance: instance.full,
    local,
    protected: values.protected ?? false,
    scope,
    versions: values.versions ?? {},
    hosts: hosts.map(({ name, region, ...host }) => ({ host: name, region, ...host })),
    files,
    problems: [],
  };
}

/** Of a project's files, those that only it reads, and where among the others. */
function ownFiles(files: readonly string[], all: readonly string[]): Omit<ProjectFiles, "project"> {
  const own = files.filter((file) => !all.includes(file));
  const last = files.lastIndexOf(own.at(-1) ?? "");
  return {
    files: own,
    before: own.length === 0 ? undefined : files.slice(last + 1).find((file) => all.includes(file)),
  };
}
