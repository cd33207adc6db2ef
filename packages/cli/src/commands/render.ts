import path from "node:path";
import { FacsimileError } from "@facsimile/core";
import type { PipelineWorld, TemplatesRequest } from "@facsimile/pipeline";
import { follow, printJson } from "../follow.ts";
import type { Invocation } from "../invocation.ts";
import { openWorld } from "../open-world.ts";
import { srcDirOf } from "../options.ts";
import { leftOutText, originsText, whyText, writtenText } from "../text/render.ts";

export interface RenderOptions {
  readonly set?: readonly string[];
  readonly srcDir?: string;
  readonly host?: string;
  readonly reveal?: true;
  readonly out?: string;
  readonly why?: string;
}

export interface RenderInvocation extends Invocation<RenderOptions> {
  readonly instance: string;
  /** `[project, path]`, or one of them. */
  readonly words: readonly string[];
}

/**
 * Prints one rendered template; or writes all of them to `--out`; else tells which file gives each path, or the one of
 * `--why`. Secrets are masked unless `--reveal`.
 */
export async function renderCommand(invocation: RenderInvocation): Promise<void> {
  const { instance, words, options, world, run } = invocation;
  const pipeline = await openWorld(world, { options, run });
  const known = words.length === 1 ? await projectNames(pipeline) : [];
  const { project, file } = wantedOf(invocation, known);
  const { set, host, reveal } = options;
  const srcDir = srcDirOf(options, world);
  const request = { instance, set, host, reveal, srcDir, projects: project === undefined ? undefined : [project] };
  if (file !== undefined)
    await printFile({ ...request, project: project ?? "", path: file }, { ...invocation, pipeline });
  else if (options.out !== undefined) await writeAll(request, { ...invocation, pipeline });
  else await printOrigins(request, { ...invocation, pipeline });
}

async function projectNames(pipeline: PipelineWorld): Promise<readonly string[]> {
  const { list } = await import("@facsimile/pipeline");
  return (await list(pipeline)).projects.map(({ project }) => project);
}

interface Wanted {
  readonly project?: string;
  readonly file?: string;
}

function wantedOf({ words, options }: RenderInvocation, known: readonly string[]): Wanted {
  const [first, second] = words;
  assertTogether(words, options);
  if (second !== undefined) return { project: first ?? "", file: second };
  if (first === undefined) return {};
  const isProject = known.includes(first.split("@")[0] ?? "");
  if (isProject || options.out !== undefined || options.why !== undefined) return { project: first };
  const [only, ...others] = known;
  if (only !== undefined && others.length === 0) return { project: only, file: first };
  throw usage(`which project's ${first}? There are ${known.join(", ")}`);
}

function assertTogether(words: readonly string[], { out, why, reveal }: RenderOptions): void {
  if (words.length > 2) throw usage("too many words");
  if (out !== undefined && why !== undefined) throw usage("--out and --why do not go together");
  if (words.length === 2 && out !== undefined) throw usage("--out writes every file and takes no path");
  if (words.length === 2 && why !== undefined) throw usage("--why names the path already");
  if (reveal && why !== undefined) throw usage("--why shows no values to --reveal");
}

function usage(message: string): FacsimileError {
  return new FacsimileError("USAGE", message, {
    hint: "facs render INSTANCE [PROJECT] [PATH | --out DIR | --why FILE]",
  });
}

type Doing = RenderInvocation & { readonly pipeline: PipelineWorld };

async function printFile(
  request: TemplatesRequest & { project: string; path: string },
  { options, world, run, pipeline }: Doing,
): Promise<void> {
  const { startRender } = await import("@facsimile/pipeline");
  const { path, bytes, secrets } = await follow(startRender(request, pipeline), { world, run });
  const text = Buffer.from(bytes).toString("utf8");
  const shown = options.reveal ? text : world.redactor.redact(text);
  world.printRaw(options.json ? `${JSON.stringify({ schema: "render/1", path, secrets, text: shown })}\n` : shown);
}

async function writeAll(request: TemplatesRequest, { options, world, run, pipeline }: Doing): Promise<void> {
  const { startRenderTrees, writeTrees } = await import("@facsimile/pipeline");
  const projects = await follow(startRenderTrees(request, pipeline), { world, run });
  const dir = path.resolve(world.cwd, options.out ?? "");
  const { redactor } = world;
  const written = await writeTrees(projects, { dir, reveal: options.reveal ?? false, redactor, folders: pipeline });
  world.tell(leftOutText(projects));
  if (!options.json)
    return world.print(writtenText(projects, { ...written, dir: options.out ?? "", reveal: options.reveal }));
  const names = projects.map(({ project, version, hosts, leftOut }) => {
    return { project, version, hosts: hosts.map(({ host }) => host), leftOut };
  });
  printJson({ schema: "render-out/1", dir, ...written, projects: names }, world);
}

async function printOrigins(request: TemplatesRequest, { options, world, run, pipeline }: Doing): Promise<void> {
  const { startOrigins } = await import("@facsimile/pipeline");
  const projects = await follow(startOrigins({ ...request, path: options.why }, pipeline), { world, run });
  if (options.json) return printJson({ schema: "render-why/1", instance: request.instance, projects }, world);
  world.print(options.why === undefined ? originsText(projects) : whyText(projects));
}
