import path from "node:path";
import { printJson } from "../follow.ts";
import type { Invocation } from "../program.ts";
import { pipelineWorld } from "../world.ts";

export interface InitInvocation extends Invocation {
  readonly dir: string | undefined;
}

/** Prepares a folder and this user for work. */
export async function initCommand({ dir, options, world, run }: InitInvocation): Promise<void> {
  const root = path.resolve(world.cwd, dir ?? options.root ?? world.env["FACS_ROOT"] ?? ".");
  run.root = root;
  const { init } = await import("@facsimile/pipeline");
  const report = await init({ ...pipelineWorld(world, root), onEvent: () => undefined });
  if (options.json) return printJson(report, world);
  const key = report.keyMade
    ? `made in ${world.configDir}/key.asc; keep a copy of it in a safe place`
    : "yours, as it was";
  world.print(`${root}: ready
  key      ${report.fingerprint} (${report.userId}), ${key}
  trusted  your own signature, on this machine
  written  ${report.written.length === 0 ? "nothing new" : report.written.join(", ")}
  next     facs list
`);
}
