import type { DeployReport } from "@facsimile/pipeline";
import { EXIT, exitOf } from "../exit.ts";
import { follow, printJson } from "../follow.ts";
import { openWorld } from "../open-world.ts";
import type { Invocation } from "../program.ts";
import { deployText } from "../text/deploy.ts";

export interface DeployOptions {
  readonly set?: readonly string[];
  readonly yes?: true;
  readonly adopt?: true;
  readonly acceptRollback?: true;
}

export interface DeployInvocation extends Invocation<DeployOptions> {
  readonly instance: string;
  readonly projects: readonly string[];
}

/** Deploys, and says of every host how it ended. */
export async function deployCommand({ instance, projects, options, world, run }: DeployInvocation): Promise<void> {
  const pipeline = await openWorld(world, { options, run });
  const { startDeploy } = await import("@facsimile/pipeline");
  const { set, yes, adopt, acceptRollback } = options;
  const report = await follow(startDeploy({ instance, projects, set, yes, adopt, acceptRollback }, pipeline), {
    world,
    options,
  });
  if (options.json) printJson(report, world);
  else world.print(deployText(report, world.style));
  run.status = world.signal.aborted && report.outcome === "failed" ? EXIT.interrupted : statusOf(report);
}

function statusOf({ outcome, hosts }: DeployReport): number {
  if (outcome === "done" || outcome === "unchanged") return EXIT.done;
  if (outcome === "partial") return EXIT.partial;
  const statuses = hosts.flatMap(({ problem }) => (problem === undefined ? [] : [exitOf(problem)]));
  return [EXIT.integrity, EXIT.conflict].find((status) => statuses.includes(status)) ?? EXIT.failed;
}
