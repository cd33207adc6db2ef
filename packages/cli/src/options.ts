import type { Command } from "commander";

/** Options that several commands have. */
export const SET = ["--set <path=value>", "a value that wins over every file; may be given again"] as const;

/** Takes an option as often as it is given. */
export function collect(value: string, before: string[] = []): string[] {
  return [...before, value];
}

/** Gives a command the options that all have. */
export function withCommon(command: Command): Command {
  return command.option("--root <dir>", ROOT_HELP).option("--json", "print one JSON document");
}

const ROOT_HELP = "the definitions repository (default: FACS_ROOT, else found from here upwards)";
