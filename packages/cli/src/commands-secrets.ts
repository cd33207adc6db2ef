import type { Command } from "commander";
import type { SecretsSetOptions } from "./commands/secrets-set.ts";
import type { Add, Invoke } from "./invocation.ts";
import { collect } from "./options.ts";

const YES = ["--yes", "confirm what is asked"] as const;
const ONLY = ["--only", "for this instance alone, and those below it"] as const;
const FILE = ["--file <file>", "take the value from a file, as it is"] as const;

/** `facs secrets VERB INSTANCE …`: the values of a state. */
export function addSecrets(verb: Add, invoke: Invoke): void {
  addLooks(verb, invoke);
  addChanges(verb, invoke);
  addMakers(verb, invoke);
  addWhole(verb, invoke);
}

function addLooks(verb: Add, invoke: Invoke): void {
  verb("list <instance>", "names, how old and how made, who can read them, what is missing; never a value").action(
    async (instance: string, _options, command: Command) =>
      (await import("./commands/secrets-list.ts")).secretsListCommand({ instance, ...invoke(command) }),
  );
  verb("get <instance> <name>", "print one value, alone")
    .option("--previous", "the one before the last rotation")
    .action(async (instance: string, name: string, _options, command: Command) =>
      (await import("./commands/secrets-get.ts")).secretsGetCommand({ instance, name, ...invoke(command) }),
    );
}

function addChanges(verb: Add, invoke: Invoke): void {
  verb("set <instance> <name>", "give a value: typed twice, on stdin, or from a file; never as an argument")
    .option(...FILE)
    .option(...ONLY)
    .option(...YES)
    // What is too much may be a value, also where it looks like an option: it must not be repeated.
    .allowExcessArguments()
    .allowUnknownOption()
    .action(async (instance: string, name: string, _options, command: Command) => {
      const [rest, known] = [command.args.slice(2), command.options.map(({ long }) => long ?? "")];
      const given = { instance, name, rest, known, ...invoke<SecretsSetOptions>(command) };
      await (await import("./commands/secrets-set.ts")).secretsSetCommand(given);
    });
  verb("unset <instance> <name>", "take a value out")
    .option(...ONLY)
    .option(...YES)
    .action(async (instance: string, name: string, _options, command: Command) =>
      (await import("./commands/secrets-set.ts")).secretsUnsetCommand({ instance, name, ...invoke(command) }),
    );
}

function addMakers(verb: Add, invoke: Invoke): void {
  verb("generate <instance> [names...]", "make what is missing, as state.generate says").action(
    async (instance: string, names: string[], _options, command: Command) =>
      (await import("./commands/secrets-generate.ts")).secretsGenerateCommand({ instance, names, ...invoke(command) }),
  );
  verb("rotate <instance> [names...]", "make new values and keep the ones before; asks for those that people gave")
    .usage("[options] <instance> <name...>\n       facs secrets rotate [options] <instance> --all")
    .option("--all", "all that was made; what people gave is left")
    .option(...FILE)
    .option(...ONLY)
    .option(...YES)
    .action(async (instance: string, names: string[], _options, command: Command) =>
      (await import("./commands/secrets-rotate.ts")).secretsRotateCommand({ instance, names, ...invoke(command) }),
    );
}

function addWhole(verb: Add, invoke: Invoke): void {
  verb("import <instance>", "take values over from a file; shows their names alone")
    .requiredOption("--from <file>", "the file, or - for stdin")
    .option("--format <name>", "dotenv, json, yaml or python (default: by the name of the file)")
    .option("--overwrite", "replace what is there")
    .option(...ONLY)
    .option(...YES)
    .action(async (instance: string, _options, command: Command) =>
      (await import("./commands/secrets-import.ts")).secretsImportCommand({ instance, ...invoke(command) }),
    );
  verb("exec <instance> <command...>", "run a command that has values in its environment; no shell")
    .usage("[options] <instance> -- <command...>")
    .option("--only <name>", "this value, not all; may be given again", collect)
    .option("--fifo <name=variable>", "in this variable, the path of a pipe that gives the value once", collect)
    .action(async (instance: string, words: string[], _options, command: Command) =>
      (await import("./commands/secrets-exec.ts")).secretsExecCommand({ instance, words, ...invoke(command) }),
    );
  verb("edit <instance> [name]", "change one value or all in your editor; no disk sees them")
    .option(...YES)
    .action(async (instance: string, name: string | undefined, _options, command: Command) =>
      (await import("./commands/secrets-edit.ts")).secretsEditCommand({ instance, name, ...invoke(command) }),
    );
}
