import { isFacsimileError } from "@facsimile/core";
import type { Finding } from "@facsimile/pipeline";
import { EXIT, statusOf } from "../exit.ts";
import { printJson } from "../follow.ts";
import type { Invocation } from "../invocation.ts";
import { openWorld } from "../open-world.ts";
import { withInstance } from "../text/advice.ts";
import { doctorText } from "../text/doctor.ts";
import { pipelineWorld } from "../world.ts";

export interface DoctorInvocation extends Invocation {
  readonly instance: string | undefined;
}

/** Looks at everything that a deploy needs. The exit status is that of the gravest failure. */
export async function doctorCommand({ instance, options, world, run }: DoctorInvocation): Promise<void> {
  const pipeline = await openWorld(world, { options, run }).catch((error: unknown) => {
    if (isFacsimileError(error, "NO_CONGLOMERATE")) return pipelineWorld(world, { root: world.cwd, own: world.cwd, work: world.cwd }); // biome-ignore format: one line
    throw error;
  });
  const { doctor } = await import("@facsimile/pipeline");
  const found = await doctor({ instance, node: world.node }, { ...pipeline, onEvent: () => undefined });
  const report = { ...found, findings: found.findings.map((finding) => atInstance(finding, instance)) };
  const failed = report.findings.filter(({ status }) => status === "failure");
  run.status = failed.length === 0 ? EXIT.done : statusOf(failed.map(({ code = "" }) => code));
  if (options.json) return printJson(report, world);
  world.print(doctorText(report, world.style));
}

function atInstance(finding: Finding, instance: string | undefined): Finding {
  const { next, about } = finding;
  return next === undefined || instance === undefined
    ? finding
    : { ...finding, next: withInstance(next, instance, [about]) };
}
