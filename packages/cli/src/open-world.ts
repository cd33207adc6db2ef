import path from "node:path";
import { findConglomerate } from "@facsimile/definitions";
import type { PipelineWorld } from "@facsimile/pipeline";
import type { CommonOptions, RunState } from "./program.ts";
import { pipelineWorld, type World } from "./world.ts";

/** Finds the conglomerate: `--root`, `FACS_ROOT`, or from here upwards. @throws `NO_CONGLOMERATE` */
export async function openWorld(
  world: World,
  { options, run }: { options: CommonOptions; run: RunState },
): Promise<PipelineWorld> {
  const from = path.resolve(world.cwd, options.root ?? world.env["FACS_ROOT"] ?? ".");
  const { root } = await findConglomerate(from);
  run.root = root;
  return pipelineWorld(world, root);
}
