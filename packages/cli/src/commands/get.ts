import { didYouMean, FacsimileError, formatPath, meantOr, parseInstance, parsePath, parseProject } from "@facsimile/core"; // biome-ignore format: one line
import { type Definition, findConglomerate, type Host, notSet, resolve, shownAt } from "@facsimile/definitions";
import { EXIT } from "../exit.ts";
import { printJson } from "../follow.ts";
import type { Invocation } from "../invocation.ts";
import { openWorld } from "../open-world.ts";
import { plainText, tableText } from "../text/get.ts";
import { count } from "../text/style.ts";

export interface GetOptions {
  readonly allInstances?: true;
  readonly project?: string;
  readonly host?: string;
}

export interface GetInvocation extends Invocation<GetOptions> {
  /** `[instance, project?, key]`; with `--all-instances` `[key]`. */
  readonly words: readonly string[];
}

/** Prints one value as an instance has it, or a table of what every instance says. */
export async function getCommand(invocation: GetInvocation): Promise<void> {
  return invocation.options.allInstances ? getEverywhere(invocation) : getOne(invocation);
}

async function getOne({ words, options, world, run }: GetInvocation): Promise<void> {
  const { instance, project, path } = oneOf(words, options);
  const { root, env } = await openWorld(world, { options, run });
  const definition = await resolve(await findConglomerate(root), { instance, project, env });
  const host = options.host === undefined ? undefined : hostNamed(options.host, definition);
  const found = shownAt(definition, path, { host });
  if (found === undefined) {
    const where = [instance.full, project, host?.name].filter((part) => part !== undefined).join(", ");
    throw notSet(path, { where, values: [host === undefined ? definition.values : definition.view(host)] });
  }
  const instances = [{ instance: instance.full, ...found, problems: [] }];
  if (options.json) printJson({ schema: "get/1", key: formatPath(path), project, host: host?.name, instances }, world);
  else world.print(plainText(found.value));
}

async function getEverywhere({ words, options, world, run }: GetInvocation): Promise<void> {
  const [key, ...more] = words;
  if (key === undefined || more.length > 0) throw usage("--all-instances takes a key, and no instance");
  if (options.host !== undefined) throw usage("--host goes with one instance");
  const path = parsePath(key);
  const project = options.project === undefined ? undefined : parseProject(options.project);
  const pipeline = await openWorld(world, { options, run });
  const { answers } = await import("@facsimile/pipeline");
  const given = await answers({ path, project }, pipeline);
  const instances = given.map(({ instance, found, problems }) => ({ instance, ...found, problems }));
  if (options.json) printJson({ schema: "get/1", key: formatPath(path), project, instances }, world);
  else world.print(tableText(given));
  const broken = given.filter(({ problems }) => problems.length > 0).length;
  if (broken === 0) return;
  world.tell(`${count(broken, "instance")} cannot be read. facs lint says why.\n`);
  run.status = EXIT.failed;
}

function oneOf(words: readonly string[], { project: option }: GetOptions) {
  const [instance = "", second, third, ...more] = words;
  if (second === undefined) throw usage(`${instance} is an instance, or a key? Name both`);
  if (more.length > 0) throw usage("too many words");
  if (third !== undefined && option !== undefined) throw usage("the project is named twice");
  const project = third === undefined ? option : second;
  return {
    instance: parseInstance(instance),
    project: project === undefined ? undefined : parseProject(project),
    path: parsePath(third ?? second),
  };
}

function usage(message: string): FacsimileError {
  const hint = "facs get INSTANCE [PROJECT] KEY [--host HOST]\nfacs get KEY --all-instances [--project PROJECT]";
  return new FacsimileError("USAGE", message, { hint });
}

function hostNamed(name: string, { hosts }: Definition): Host {
  const found = hosts.find((host) => host.name === name);
  if (found !== undefined) return found;
  const names = hosts.map((host) => host.name);
  const hint = meantOr(didYouMean(name, names), `Hosts: ${names.join(", ")}`);
  throw new FacsimileError("UNKNOWN_HOST", `there is no host ${name} here`, { hint });
}
