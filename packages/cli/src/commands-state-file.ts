import type { Command } from "commander";
import type { Add, Invoke } from "./program.ts";

const SCOPE = ["--scope <name>", "the state of this scope, in the place of an instance"] as const;
const ROLLBACK = [
  "--accept-rollback",
  "take a state that is older than one you have seen, or replaced, or gone",
] as const;

/** Commands about a state's file as a whole. `group` is that of `facs state`, `verb` adds to it. */
export function addStateFile(group: Command, verb: Add, invoke: Invoke): void {
  verb("seal [instance]", "join both sides of a git merge, ask for what both changed, and sign")
    .option(...SCOPE)
    .option("--ours", "our side is right wherever both changed the same")
    .option("--theirs", "their side is right wherever both changed the same")
    .option(...ROLLBACK)
    .action(async (instance: string | undefined, _options, command: Command) =>
      (await import("./commands/state-seal.ts")).stateSealCommand({ instance, ...invoke(command) }),
    );
  group
    .command("merge-driver <base> <ours> <theirs> <path>", { hidden: true })
    .description("called by git: merges two sides of a state without a key")
    .action(async (base: string, ours: string, theirs: string, path: string, _options, command: Command) =>
      (await import("./commands/state-merge-driver.ts")).mergeDriverCommand({
        files: [base, ours, theirs, path],
        ...invoke(command),
      }),
    );
}
