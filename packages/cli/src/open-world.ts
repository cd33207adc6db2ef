import path from "node:path";
import { type Conglomerate, findConglomerate } from "@facsimile/definitions";
import type { PipelineWorld } from "@facsimile/pipeline";
import { confirmRoot } from "./first-use.ts";
import type { CommonOptions, RunState } from "./invocation.ts";
import { pipelineWorld, type World } from "./world.ts";

interface Opening {
  readonly options: CommonOptions;
  readonly run: RunState;
}

/** Finds the conglomerate: `--root`, `FACS_ROOT`, or from here upwards. @throws `NO_CONGLOMERATE` */
export async function openConglomerate(world: World, { options, run }: Opening): Promise<Conglomerate> {
  const from = path.resolve(world.cwd, options.root ?? world.env["FACS_ROOT"] ?? ".");
  const conglomerate = await findConglomerate(from);
  run.root = conglomerate.root;
  return conglomerate;
}

/** {@link openConglomerate} for work of the pipeline. */
export async function openWorld(world: World, opening: Opening): Promise<PipelineWorld> {
  const pipeline = pipelineWorld(world, await openConglomerate(world, opening));
  return opening.options.json ? pipeline : { ...pipeline, confirmRoot: (candidate) => confirmRoot(candidate, world) };
}
