import type { PipelineContext } from "@facsimile/pipeline";
import type { CommonOptions, RunState } from "../invocation.ts";
import { openWorld } from "../open-world.ts";
import { eventText } from "../text/events.ts";
import type { World } from "../world.ts";

/** What the commands about states and secrets hand to the pipeline; warnings are told at once. */
export async function contextOf(invocation: {
  readonly options: CommonOptions;
  readonly world: World;
  readonly run: RunState;
}): Promise<PipelineContext> {
  const { world, run } = invocation;
  const lines = eventText(world.tellStyle, run.instance);
  const onEvent: PipelineContext["onEvent"] = (event) => {
    const line = lines(event);
    if (line !== undefined) world.tell(`${line}\n`);
  };
  return { ...(await openWorld(world, invocation)), onEvent };
}

/** Says so when git does not know how to merge states in this clone. */
export async function hintDriver(context: PipelineContext, { tellStyle: style, tell }: World): Promise<void> {
  const { driverStatus } = await import("@facsimile/pipeline");
  if ((await driverStatus(context)) !== "missing") return;
  tell(`${style.yellow("!")} this clone's git merges states line by line, which always conflicts. Run: facs init\n`);
}
