import { FacsimileError } from "@facsimile/core";
import { follow, printJson } from "../follow.ts";
import type { Invocation } from "../invocation.ts";
import { openWorld } from "../open-world.ts";
import { srcDirOf } from "../options.ts";
import { buildText } from "../text/build.ts";
import { stagesText } from "../text/stages.ts";

export interface BuildOptions {
  readonly set?: readonly string[];
  readonly srcDir?: string;
  readonly start?: string;
  readonly end?: string;
  readonly only?: string;
  readonly acceptRollback?: true;
}

export interface BuildInvocation extends Invocation<BuildOptions> {
  readonly instance: string;
  readonly projects: readonly string[];
}

/** Seals releases, and says of each what it is and where it lies; or goes no further than a stage before that. */
export async function buildCommand({ instance, projects, options, world, run }: BuildInvocation): Promise<void> {
  const pipeline = await openWorld(world, { options, run });
  const { startBuild, startStages } = await import("@facsimile/pipeline");
  const { set, acceptRollback, start, end, only } = options;
  const last = end ?? only ?? "install";
  if (last === "deploy") throw new FacsimileError("USAGE", "facs build deploys nothing", { hint: "facs deploy" });
  const request = { instance, projects, set, srcDir: srcDirOf(options, world), stages: { start, end, only } };
  if (last !== "install") {
    const done = await follow(startStages(request, pipeline), { world, run });
    return options.json ? printJson(done, world) : world.print(stagesText(done, "sealed"));
  }
  const report = await follow(startBuild({ ...request, acceptRollback }, pipeline), { world, run });
  if (options.json) printJson(report, world);
  else world.print(buildText(report, world.style));
}
