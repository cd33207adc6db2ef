import { FacsimileError, formatPath, parseInstance, parseProject, settled } from "@facsimile/core";
import {
  type Comparison,
  compareDefinitions,
  type Definition,
  findConglomerate,
  resolve,
} from "@facsimile/definitions";
import type { PipelineWorld } from "@facsimile/pipeline";
import { EXIT } from "../exit.ts";
import { printJson } from "../follow.ts";
import type { Invocation } from "../invocation.ts";
import { openWorld } from "../open-world.ts";
import { diffText, type Side, type Sides, warningsText } from "../text/diff.ts";

export interface DiffOptions {
  readonly ref?: string;
  readonly all?: true;
  readonly exitCode?: true;
}

export interface DiffInvocation extends Invocation<DiffOptions> {
  readonly instance: string;
  /** `[other, project?]`; with `--ref` `[project?]`. */
  readonly words: readonly string[];
}

/** Says how two instances differ, or one between two moments. */
export async function diffCommand({ instance, words, options, world, run }: DiffInvocation): Promise<void> {
  const sides = sidesOf(instance, { words, ref: options.ref });
  const pipeline = await openWorld(world, { options, run });
  const comparison = await compare(sides, pipeline);
  world.tell(warningsText(comparison, world.tellStyle));
  if (options.json) printJson(document(comparison, sides), world);
  else world.print(diffText(comparison, sides, { all: options.all === true }));
  if (options.exitCode && comparison.counts.different > 0) run.status = EXIT.differences;
}

function sidesOf(instance: string, { words, ref }: { words: readonly string[]; ref: string | undefined }): Sides {
  const [other, project, ...more] = ref === undefined ? words : [instance, ...words];
  if (other === undefined) throw usage(`${instance} is to be compared with what?`);
  if (more.length > 0) throw usage("too many words");
  const [from, to] = ref === undefined ? [] : refsOf(ref);
  return { a: { instance, ref: from }, b: { instance: other, ref: to }, project };
}

/** `REV`: that against the files as they are. `REV..REV`: as git has it, HEAD where one is left out. */
function refsOf(text: string): readonly [string, string | undefined] {
  const [from = "", to, ...more] = text.split("..");
  if (to === undefined) return [from, undefined];
  if (more.length === 0 && !to.startsWith(".")) return [from || "HEAD", to || "HEAD"];
  throw usage(`--ref ${text}: expected one revision, or two as X..Y`);
}

function usage(message: string): FacsimileError {
  const hint = "facs diff INSTANCE INSTANCE [PROJECT]\nfacs diff INSTANCE [PROJECT] --ref REVISION[..REVISION]";
  return new FacsimileError("USAGE", message, { hint });
}

/** @throws everything that is wrong with either side, once */
async function compare({ a, b, project }: Sides, world: PipelineWorld): Promise<Comparison> {
  const at = { project, world };
  return compareDefinitions(...(await settled([definitionOf(a, at), definitionOf(b, at)])));
}

async function definitionOf(
  { instance, ref }: Side,
  { project, world }: { project: string | undefined; world: PipelineWorld },
): Promise<Definition> {
  const { root, env } = world;
  const request = {
    instance: parseInstance(instance),
    project: project === undefined ? undefined : parseProject(project),
    env,
  };
  if (ref === undefined) return resolve(await findConglomerate(root), request);
  const { resolveAt } = await import("@facsimile/pipeline");
  return resolveAt({ root, ref, ...request }, world);
}

function document({ differences, counts, warnings }: Comparison, { a, b, project }: Sides): object {
  const shown = differences.map(({ path, ...rest }) => ({ path: formatPath(path), ...rest }));
  return { schema: "diff/1", a, b, project, counts, differences: shown, warnings };
}
