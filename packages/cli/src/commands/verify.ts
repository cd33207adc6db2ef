import type { VerifyReport } from "@facsimile/pipeline";
import { EXIT, exitOf } from "../exit.ts";
import { follow, printJson } from "../follow.ts";
import { openWorld } from "../open-world.ts";
import type { Invocation } from "../program.ts";
import { isDifferent, isExact, verifyText } from "../text/verify.ts";

export interface VerifyInvocation extends Invocation {
  readonly instance: string;
  readonly projects: readonly string[];
}

/** Says which hosts hold exactly what was deployed, and how the others differ. */
export async function verifyCommand({ instance, projects, options, world, run }: VerifyInvocation): Promise<void> {
  const pipeline = await openWorld(world, { options, run });
  const { startVerify } = await import("@facsimile/pipeline");
  const report = await follow(startVerify({ instance, projects }, pipeline), { world, options });
  if (options.json) printJson(report, world);
  else world.print(verifyText(report, world.style));
  run.status = statusOf(report);
}

function statusOf({ hosts }: VerifyReport): number {
  if (hosts.every(isExact)) return EXIT.done;
  const statuses = hosts.flatMap(({ problem }) =>
    problem === undefined ? [] : [problem.code === "ODD_RELEASE" ? EXIT.differences : exitOf(problem)],
  );
  if (statuses.includes(EXIT.integrity)) return EXIT.integrity;
  return hosts.some(isDifferent) || statuses.includes(EXIT.differences) ? EXIT.differences : EXIT.failed;
}
