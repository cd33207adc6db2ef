import path from "node:path";
import type { InitReport } from "@facsimile/pipeline";
import { printJson } from "../follow.ts";
import type { Invocation } from "../program.ts";
import { labelled } from "../text/words.ts";
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
  world.print(initText(report, world.configDir));
}

function initText({ root, fingerprint, userId, keyMade, written }: InitReport, configDir: string): string {
  const origin = keyMade ? `made in ${configDir}/key.asc` : "yours, as it was";
  const advice = keyMade
    ? ["keep a copy of it in a safe place: who has it can open the state, without it nobody can"]
    : [];
  const lines = [
    `${root}: ready`,
    ...labelled("key", [fingerprint, `${userId}, ${origin}`, ...advice]),
    ...labelled("trusted", ["what this key signs, by you on this machine"]),
    ...labelled("written", written.length === 0 ? ["nothing new"] : [...written, "commit them"]),
    ...labelled("next", ["facs list"]),
  ];
  return `${lines.join("\n")}\n`;
}
