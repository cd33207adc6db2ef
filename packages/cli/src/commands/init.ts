import path from "node:path";
import { isFacsimileError } from "@facsimile/core";
import { type Conglomerate, conglomerateAt, findConglomerate, isInRepo } from "@facsimile/definitions";
import type { InitReport } from "@facsimile/pipeline";
import { printJson } from "../follow.ts";
import type { Invocation } from "../invocation.ts";
import { labelled } from "../text/words.ts";
import { type Folders, pipelineWorld, type World } from "../world.ts";

export interface InitInvocation extends Invocation<{ readonly name?: string; readonly email?: string }> {
  readonly dir: string | undefined;
}

/** Prepares a folder and this user for work. */
export async function initCommand({ dir, options, world, run }: InitInvocation): Promise<void> {
  const folders = await foldersFor(dir ?? options.root ?? world.env["FACS_ROOT"], world);
  run.root = folders.root;
  const { init } = await import("@facsimile/pipeline");
  const { name, email } = options;
  const report = await init({ ...pipelineWorld(world, folders), onEvent: () => undefined }, { name, email });
  if (options.json) return printJson(report, world);
  world.print(initText(report, { configDir: world.configDir, isNamed: (name ?? email) !== undefined }));
}

/** A repository that carries its own definitions is prepared as it is, from any of its folders; others get `define/` here. */
async function foldersFor(named: string | undefined, { cwd }: World): Promise<Folders> {
  const root = path.resolve(cwd, named ?? ".");
  const found = named === undefined ? await nearest(root) : conglomerateAt(root);
  return found !== undefined && isInRepo(found) ? found : { root, own: root, work: root };
}

async function nearest(folder: string): Promise<Conglomerate | undefined> {
  try {
    return await findConglomerate(folder);
  } catch (error) {
    if (isFacsimileError(error, "NO_CONGLOMERATE")) return undefined;
    throw error;
  }
}

function initText(report: InitReport, { configDir, isNamed }: { configDir: string; isNamed: boolean }): string {
  const { root, fingerprint, userId, keyMade, trusted, written, driverInstalled } = report;
  const origin = keyMade ? `made in ${configDir}/key.asc` : "yours, as it was";
  const advice = [
    ...(keyMade ? ["keep a copy of it in a safe place: who has it can open the state, without it nobody can"] : []),
    ...(isNamed && !keyMade ? ["--name and --email count where a key is made; this one was left as it is"] : []),
  ];
  const lines = [
    `${root}: ready`,
    ...labelled("key", [fingerprint, `${userId}, ${origin}`, ...advice]),
    ...labelled("trusted", [trusted ? "what this key signs, by you on this machine" : NEWCOMER]),
    ...labelled("written", written.length === 0 ? ["nothing new"] : [...written, ...(trusted ? ["commit them"] : [])]),
    ...(driverInstalled ? labelled("git", ["merges state/*.json entry by entry in this clone"]) : []),
    ...labelled("next", trusted ? ["facs list"] : stepsOf(fingerprint)),
  ];
  return `${lines.join("\n")}\n`;
}

const NEWCOMER = "nobody new: facs plan asks you whom to trust here";

/** For who comes to a repository that others have begun. Not pushed, his key would stop his own next git pull. */
function stepsOf(fingerprint: string): readonly string[] {
  return [
    "commit and push what was written: others take your key from keys/, and compare its fingerprint with you",
    `one of them: facs recipients add ${fingerprint} --scope NAME, to read`,
    `one of them: facs trust add ${fingerprint} --scope NAME, to change and deploy`,
  ];
}
