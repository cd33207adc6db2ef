import type { Command } from "commander";
import type { Add, Invoke } from "./invocation.ts";
import { collect } from "./options.ts";

const SCOPE = ["--scope <name>", "the state of this scope, in the place of an instance"] as const;
const ROLLBACK = [
  "--accept-rollback",
  "take a state that is older than one you have seen, or replaced, or gone",
] as const;

const YES = ["--yes", "confirm what a protected instance asks for"] as const;

/** Commands about a state's file as a whole. `group` is that of `facs state`, `verb` adds to it. */
export function addStateFile(group: Command, verb: Add, invoke: Invoke): void {
  addLooks(verb, invoke);
  addMerging(group, verb, invoke);
  addChanges(verb, invoke);
  addCopies(verb, invoke);
}

function addCopies(verb: Add, invoke: Invoke): void {
  const RECIPIENT = ["--recipient <fingerprint>", "encrypt to this key alone; may be given again", collect] as const;
  verb("export <instance>", "a copy of the whole state as one OpenPGP message, which gpg opens by hand")
    .option("--to <file>", "must not exist yet")
    .option(...RECIPIENT)
    .option(...ROLLBACK)
    .action(async (instance: string, _options, command: Command) =>
      (await import("./commands/state-export.ts")).stateExportCommand({ instance, ...invoke(command) }),
    );
  verb("import <instance>", "make a state from such a copy, where there is none")
    .option("--from <file>", "an export, signed by somebody whom you trust")
    .option("--merge", "add to the state that is there what it does not have")
    .option("--yes", "do not ask who is to open it")
    .option(...RECIPIENT)
    .option(...ROLLBACK)
    .action(async (instance: string, _options, command: Command) =>
      (await import("./commands/state-export.ts")).stateImportCommand({ instance, ...invoke(command) }),
    );
}

function addLooks(verb: Add, invoke: Invoke): void {
  verb("show [instance]", "serial, signer, recipients, settings, uiids and names of values; never a value")
    .option(...SCOPE)
    .action(async (instance: string | undefined, _options, command: Command) =>
      (await import("./commands/state-show.ts")).stateShowCommand({ instance, ...invoke(command) }),
    );
  verb("verify [instance]", "check signature, signer and place in history, without a private key; exit 5 if it fails")
    .option(...SCOPE)
    .option("--all", "every state of the repository")
    .action(async (instance: string | undefined, _options, command: Command) =>
      (await import("./commands/state-verify.ts")).stateVerifyCommand({ instance, ...invoke(command) }),
    );
  verb("history [instance]", "every commit of the file: who signed, what changed by name; each is verified")
    .option(...SCOPE)
    .action(async (instance: string | undefined, _options, command: Command) =>
      (await import("./commands/state-history.ts")).stateHistoryCommand({ instance, ...invoke(command) }),
    );
}

function addChanges(verb: Add, invoke: Invoke): void {
  verb("set <instance> <name> <value>", "set a setting: signed, and readable for everybody")
    .usage("[options] <instance> <name> <value>\n       facs state set [options] <instance> <name> -- <-value>")
    .option(...YES)
    .action(async (instance: string, name: string, value: string, _options, command: Command) =>
      (await import("./commands/state-set.ts")).stateSetCommand({ instance, name, value, ...invoke(command) }),
    );
  verb("unset <instance> <name>", "take a setting out")
    .option(...YES)
    .action(
      async (instance: string, name: string, _options, command: Command) =>
      (await import("./commands/state-set.ts")).stateSetCommand({ instance, name, value: undefined, ...invoke(command) }), // biome-ignore format: one line
    );
  verb("purge <instance> [daemon...]", "give uiids free of daemons that no definition names any more")
    .option("--yes", "do not ask")
    .action(async (instance: string, daemons: string[], _options, command: Command) =>
      (await import("./commands/state-purge.ts")).statePurgeCommand({ instance, daemons, ...invoke(command) }),
    );
}

function addMerging(group: Command, verb: Add, invoke: Invoke): void {
  verb("seal [instance]", "join both sides of a git merge, ask for what both changed, and sign")
    .option(...SCOPE)
    .option("--ours", "our side is right wherever both changed the same")
    .option("--theirs", "their side is right wherever both changed the same")
    .option("--yes", "sign also what lets somebody in, or brings something old back")
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
