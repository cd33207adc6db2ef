import { readFileSync } from "node:fs";
import { Command } from "commander";
import type { World } from "./world.ts";

/** What a command leaves behind for `main`. */
export interface RunState {
  status: number;
  /** The conglomerate, once it is found: excerpts are read from there. */
  root?: string | undefined;
}

/** Options that every command has. */
export interface CommonOptions {
  readonly root?: string;
  readonly json?: true;
}

/** What a command's action is handed: its arguments by name, its options, the world. */
export interface Invocation<Options = object> {
  readonly options: Options & CommonOptions;
  readonly world: World;
  readonly run: RunState;
}

type Add = (usage: string, description: string) => Command;
type Invoke = <Options>(command: Command) => Invocation<Options>;

/** Every command of `facs`. An action's module is loaded when the action is asked for. */
export function createProgram(world: World, run: RunState): Command {
  const program = new Command("facs")
    .description("Exact environment copies: the same, proven result on every host.")
    .version(ownVersion(), "--version", "print the version")
    .helpOption("-h, --help", "print this help")
    .helpCommand(false)
    .configureOutput({ writeOut: world.print, writeErr: world.tell })
    .showSuggestionAfterError(true)
    .exitOverride();
  const invoke: Invoke = (command) => ({ options: command.opts(), world, run });
  const add: Add = (usage, description) =>
    program
      .command(usage)
      .description(description)
      .option("--root <dir>", ROOT_HELP)
      .option("--json", "print one JSON document");
  addFirst(add, invoke);
  addDefinitions(add, invoke);
  addLint(add, invoke);
  addWork(add, invoke);
  return program;
}

const ROOT_HELP = "the definitions repository (default: FACS_ROOT, else found from here upwards)";
const SET = ["--set <path=value>", "a value that wins over every file; may be given again"] as const;

function addFirst(add: Add, invoke: Invoke): void {
  add("init [dir]", "prepare a definitions repository and your key; keeps what is there").action(
    async (dir: string | undefined, _options, command: Command) =>
      (await import("./commands/init.ts")).initCommand({ dir, ...invoke(command) }),
  );
  add("list [instance]", "projects and instances; of one instance every host and file").action(
    async (instance: string | undefined, _options, command: Command) =>
      (await import("./commands/list.ts")).listCommand({ instance, ...invoke(command) }),
  );
  add("render <instance> <words...>", "print one rendered template: [project] path; secrets are masked")
    .usage("[options] <instance> [project] <path>")
    .option(...SET, collect)
    .option("--host <name>", "as this host sees it (default: the project's first)")
    .option("--reveal", "print secrets as they are")
    .action(async (instance: string, words: string[], _options, command: Command) =>
      (await import("./commands/render.ts")).renderCommand({ instance, words, ...invoke(command) }),
    );
}

function addDefinitions(add: Add, invoke: Invoke): void {
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

function addLint(add: Add, invoke: Invoke): void {
  add("lint", "all that is wrong or odd in the definitions of every instance")
    .option("--exit-code", "exit 2 when there are warnings")
    .action(async (_options, command: Command) => (await import("./commands/lint.ts")).lintCommand(invoke(command)));
}

function addWork(add: Add, invoke: Invoke): void {
  add("plan <instance> [project...]", "what a deploy would change, host by host; changes nothing")
    .option(...SET, collect)
    .option("--exit-code", "exit 2 when something would change")
    .action(async (instance: string, projects: string[], _options, command: Command) =>
      (await import("./commands/plan.ts")).planCommand({ instance, projects, ...invoke(command) }),
    );
  add(
    "deploy <instance> [project...]",
    "make every host hold exactly the definition; project@version changes the version",
  )
    .option(...SET, collect)
    .option("--yes", "confirm what a protected instance asks for")
    .option("--adopt", "take over a home that holds something else")
    .option("--accept-rollback", "use a state that is older than one you have seen, or replaced, or gone")
    .action(async (instance: string, projects: string[], _options, command: Command) =>
      (await import("./commands/deploy.ts")).deployCommand({ instance, projects, ...invoke(command) }),
    );
  add("verify <instance> [project...]", "check every path on every host against the signed release there").action(
    async (instance: string, projects: string[], _options, command: Command) =>
      (await import("./commands/verify.ts")).verifyCommand({ instance, projects, ...invoke(command) }),
  );
}

function collect(value: string, before: string[] = []): string[] {
  return [...before, value];
}

function ownVersion(): string {
  const text = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}
