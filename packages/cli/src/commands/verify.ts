import type { HostFilter, VerifyReport } from "@facsimile/pipeline";
import { EXIT, exitOf, unlessStopped } from "../exit.ts";
import { follow, printJson } from "../follow.ts";
import type { Invocation } from "../invocation.ts";
import { openWorld } from "../open-world.ts";
import { hostFilterOf } from "../options.ts";
import { isDifferent, isExact, verifyText } from "../text/verify.ts";

export interface VerifyOptions extends HostFilter {
  readonly deep?: true;
}

export interface VerifyInvocation extends Invocation<VerifyOptions> {
  readonly instance: string;
  readonly projects: readonly string[];
}

/** Says which hosts hold exactly what was deployed, and how the others differ. */
export async function verifyCommand({ instance, projects, options, world, run }: VerifyInvocation): Promise<void> {
  const pipeline = await openWorld(world, { options, run });
  const { startVerify } = await import("@facsimile/pipeline");
  const request = { instance, projects, deep: options.deep, ...hostFilterOf(options) };
  const report = await follow(startVerify(request, pipeline), { world, run });
  if (options.json) printJson(report, world);
  else world.print(verifyText(report, world.style, { projects, options }));
  run.status = unlessStopped(statusOf(report), { hosts: report.hosts, signal: world.signal });
}

function statusOf({ hosts }: VerifyReport): number {
  if (hosts.every(isExact)) return EXIT.done;
  const statuses = hosts.flatMap(({ problem }) => (problem === undefined ? [] : [exitOf(problem)]));
  if (statuses.includes(EXIT.integrity)) return EXIT.integrity;
  return hosts.some(isDifferent) || statuses.includes(EXIT.differences) ? EXIT.differences : EXIT.failed;
}
