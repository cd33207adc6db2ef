import { follow } from "../follow.ts";
import { openWorld } from "../open-world.ts";
import type { Invocation } from "../program.ts";

export interface RenderInvocation
  extends Invocation<{ readonly set?: readonly string[]; readonly host?: string; readonly reveal?: true }> {
  readonly instance: string;
  readonly project: string;
  readonly path: string;
}

/** Prints one rendered template, secrets masked unless `--reveal`. */
export async function renderCommand({ instance, project, path, options, world, run }: RenderInvocation): Promise<void> {
  const pipeline = await openWorld(world, { options, run });
  const { startRender } = await import("@facsimile/pipeline");
  const { set, host, reveal } = options;
  const rendered = await follow(startRender({ instance, project, path, set, host }, pipeline), { world, options });
  const text = Buffer.from(rendered.bytes).toString("utf8");
  const shown = reveal ? text : world.redactor.redact(text);
  if (options.json)
    world.printRaw(`${JSON.stringify({ schema: "render/1", ...rendered, bytes: undefined, text: shown })}\n`);
  else world.printRaw(shown);
}
