import { FacsimileError } from "@facsimile/core";
import type { RenderRequest } from "@facsimile/pipeline";
import { follow } from "../follow.ts";
import { openWorld } from "../open-world.ts";
import { srcDirOf } from "../options.ts";
import type { Invocation } from "../program.ts";

export interface RenderOptions {
  readonly set?: readonly string[];
  readonly srcDir?: string;
  readonly host?: string;
  readonly reveal?: true;
}

export interface RenderInvocation extends Invocation<RenderOptions> {
  readonly instance: string;
  /** `[project, path]`, or the path alone where there is one project. */
  readonly words: readonly string[];
}

/** Prints one rendered template, secrets masked unless `--reveal`. */
export async function renderCommand({ instance, words, options, world, run }: RenderInvocation): Promise<void> {
  const pipeline = await openWorld(world, { options, run });
  const { list, startRender } = await import("@facsimile/pipeline");
  const listed = words.length === 1 ? (await list(pipeline)).projects : [];
  const projects = listed.map(({ project }) => project);
  const { set, host, reveal } = options;
  const request = { instance, ...whatOf(words, projects), set, host, srcDir: srcDirOf(options, world) };
  const rendered = await follow(startRender(request, pipeline), { world, options });
  const text = Buffer.from(rendered.bytes).toString("utf8");
  const shown = reveal ? text : world.redactor.redact(text);
  const { path, secrets } = rendered;
  world.printRaw(options.json ? `${JSON.stringify({ schema: "render/1", path, secrets, text: shown })}\n` : shown);
}

function whatOf(words: readonly string[], projects: readonly string[]): Pick<RenderRequest, "project" | "path"> {
  const [first = "", second, ...more] = words;
  const [only, ...others] = projects;
  if (second !== undefined && more.length === 0) return { project: first, path: second };
  if (words.length === 1 && only !== undefined && others.length === 0) return { project: only, path: first };
  const which = projects.length > 1 ? `which project's ${first}? There are ${projects.join(", ")}` : "too many words";
  throw new FacsimileError("USAGE", which, { hint: "facs render INSTANCE [PROJECT] PATH" });
}
