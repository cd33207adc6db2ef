import path from "node:path";
import type { HostFilter } from "@facsimile/pipeline";
import type { Command } from "commander";
import type { World } from "./world.ts";

/** Options that several commands have. */
export const SET = ["--set <path=value>", "a value that wins over every file; may be given again"] as const;

/** The sources of one project, from a folder that somebody works in. */
export const SRC_DIR = [
  "--src-dir <dir>",
  "take the project's sources from this working tree, uncommitted changes too",
] as const;

/** For hosts that have libraries in a way that only programs know. */
export const SKIP_LIBCHECK = [
  "--skip-libcheck",
  "do not look whether hosts have the shared libraries that the release needs",
] as const;

/** Absolute: relative to where the command was typed. */
export function srcDirOf({ srcDir }: { readonly srcDir?: string }, { cwd }: Pick<World, "cwd">): string | undefined {
  return srcDir === undefined ? undefined : path.resolve(cwd, srcDir);
}

/** Gives a command the choice of stages. */
export function withStages(command: Command): Command {
  return command
    .option("--start <stage>", "begin with this stage; those before it must have been done")
    .option("--end <stage>", "stop after this stage")
    .option("--only <stage>", "run this stage alone");
}

/** Gives a command the choice of hosts; {@link hostFilterOf} takes it. */
export function withHosts(command: Command): Command {
  return command
    .option("--hosts <names>", "only these hosts: a,b; may be given again", collectNames)
    .option("--targets <names>", "only hosts with one of these targets", collectNames)
    .option("--regions <names>", "only hosts in one of these regions", collectNames);
}

/** The choice of {@link withHosts}. */
export function hostFilterOf({ hosts, targets, regions }: HostFilter): HostFilter {
  return { hosts, targets, regions };
}

/** {@link hostFilterOf} as it is typed. */
export function hostFilterText(filter: HostFilter): string {
  const words = Object.entries(hostFilterOf(filter)).filter(([, names]) => names !== undefined);
  return words.map(([kind, names]) => ` --${kind} ${names.join(",")}`).join("");
}

/** Takes `a,b` as often as it is given. Of nothing but commas stays an empty list, which leaves no host. */
export function collectNames(value: string, before: string[] = []): string[] {
  const names = value.split(",").map((name) => name.trim());
  return [...before, ...names.filter((name) => name !== "")];
}

/** Takes an option as often as it is given. */
export function collect(value: string, before: string[] = []): string[] {
  return [...before, value];
}

/** Gives a command the options that all have. */
export function withCommon(command: Command, json = "print one JSON document"): Command {
  return command.option("--root <dir>", ROOT_HELP).option("--json", json);
}

const ROOT_HELP = "the definitions repository (default: FACS_ROOT, else found from here upwards)";
