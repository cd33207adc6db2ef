import type { Command } from "commander";
import type { Add, Invoke } from "./invocation.ts";
import { collect, SET } from "./options.ts";

/** Commands that say what definitions come to. */
export function addDefinitions(add: Add, invoke: Invoke): void {
  add("explain <instance> [words...]", "which file sets a value, line by line, and what that overrides")
    .usage("[options] <instance> [project] <key>\n       facs explain [options] <instance> [project] --layers")
    .option("--all", "also the layers that say nothing of it, and those that are not there")
    .option("--layers", "the order of the layers alone")
    .option("--host <name>", "as this host sees it")
    .option("--target <name>", "as hosts of this target see it")
    .option("--region <name>", "as hosts of this region see it")
    .option(...SET, collect)
    .action(async (instance: string, words: string[], _options, command: Command) =>
      (await import("./commands/explain.ts")).explainCommand({ instance, words, ...invoke(command) }),
    );
  add("get <words...>", "print one value: instance [project] key")
    .usage("[options] <instance> [project] <key>\n       facs get [options] <key> --all-instances")
    .option("--all-instances", "a table of what every instance says")
    .option("--project <name>", "for this project (default: what holds for all)")
    .option("--host <name>", "as this host sees it")
    .action(async (words: string[], _options, command: Command) =>
      (await import("./commands/get.ts")).getCommand({ words, ...invoke(command) }),
    );
  add("diff <instance> [words...]", "how two instances differ, value by value; or one between two git revisions")
    .usage(
      "[options] <instance> <instance> [project]\n       facs diff [options] <instance> [project] --ref <revision>",
    )
    .option("--ref <revision>", "this git revision against the files as they are; X..Y: two revisions")
    .option("--all", "list what differs as expected too (compare.ignore)")
    .option("--exit-code", "exit 2 when something differs that is not expected")
    .action(async (instance: string, words: string[], _options, command: Command) =>
      (await import("./commands/diff.ts")).diffCommand({ instance, words, ...invoke(command) }),
    );
}

/** What changes definitions. */
export function addEdits(add: Add, invoke: Invoke): void {
  const IN = ["--in <layer>", "facsimile, a project, an instance, or a file of definitions"] as const;
  const DRY_RUN = ["--dry-run", "show what would change, and write nothing"] as const;
  add("set <key> <value>", "set a value in one layer, keep the rest of its file, and tell who sees it")
    .usage("[options] <key> <value> --in <layer>\n       facs set [options] --in <layer> <key> -- <-value>")
    .option(...IN)
    .option(...DRY_RUN)
    .action(async (key: string, value: string, _options, command: Command) =>
      (await import("./commands/set.ts")).setCommand({ key, value, ...invoke(command) }),
    );
  add("unset <key>", "take a value out of one layer, and tell who sees that")
    .usage("[options] <key> --in <layer>")
    .option(...IN)
    .option(...DRY_RUN)
    .action(async (key: string, _options, command: Command) =>
      (await import("./commands/set.ts")).setCommand({ key, value: undefined, ...invoke(command) }),
    );
}

/** Commands about all definitions at once. */
export function addChecks(add: Add, invoke: Invoke): void {
  add("lint", "all that is wrong or odd in the definitions of every instance")
    .option("--exit-code", "exit 2 when there are warnings")
    .action(async (_options, command: Command) => (await import("./commands/lint.ts")).lintCommand(invoke(command)));
  add("schema", "print the JSON Schema of definition files, with your own keys, for editors").action(
    async (_options, command: Command) => (await import("./commands/schema.ts")).schemaCommand(invoke(command)),
  );
}
