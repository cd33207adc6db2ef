import { readFileSync } from "node:fs";
import type { Command } from "commander";
import { addChecks, addDefinitions, addEdits } from "./commands-definitions.ts";
import { addHosts, addHostWork } from "./commands-hosts.ts";
import { addReleases } from "./commands-releases.ts";
import { addState } from "./commands-state.ts";
import type { Add, Invoke, RunState } from "./invocation.ts";
import { collect, SET, SKIP_LIBCHECK, SRC_DIR, withCommon, withHosts, withStages } from "./options.ts";
import { Verb } from "./usage.ts";
import type { World } from "./world.ts";

/** Every command of `facs`. An action's module is loaded when the action is asked for. */
export function createProgram(world: World, run: RunState): Command {
  const program = new Verb("facs")
    .description("Exact environment copies: the same, proven result on every host.")
    .version(ownVersion(), "--version", "print the version")
    .helpOption("-h, --help", "print this help")
    .helpCommand(false)
    .configureOutput({ writeOut: world.print, writeErr: world.tell })
    .showSuggestionAfterError(true)
    .exitOverride();
  const invoke: Invoke = (command) => {
    if (command.registeredArguments[0]?.name() === "instance") run.instance = command.args[0];
    return { options: command.opts(), world, run };
  };
  const group: Add = (usage, description) => program.command(usage).description(description);
  const add: Add = (usage, description) => withCommon(group(usage, description));
  addFirst(add, invoke);
  addDefinitions(add, invoke);
  addEdits(add, invoke);
  addChecks(add, invoke);
  addState(group, invoke);
  addHosts(group, invoke);
  addHostWork(group, invoke);
  addWork(add, invoke);
  addReleases(add, invoke);
  return program;
}

function addFirst(add: Add, invoke: Invoke): void {
  add("init [dir]", "prepare a definitions repository and your key; keeps what is there")
    .option("--name <name>", "whose key it is, where one is made (default: as git knows you)")
    .option("--email <address>", "the address in that key")
    .action(async (dir: string | undefined, _options, command: Command) =>
      (await import("./commands/init.ts")).initCommand({ dir, ...invoke(command) }),
    );
  add("doctor [instance]", "look at programs, key, states and, of an instance, its hosts; say what to mend").action(
    async (instance: string | undefined, _options, command: Command) =>
      (await import("./commands/doctor.ts")).doctorCommand({ instance, ...invoke(command) }),
  );
  add("list [instance]", "projects and instances; of one instance every host and file").action(
    async (instance: string | undefined, _options, command: Command) =>
      (await import("./commands/list.ts")).listCommand({ instance, ...invoke(command) }),
  );
  add("render <instance> [words...]", "print one rendered template, write all, or tell which file gives which path")
    .usage("[options] <instance> [project] [path]")
    .option(...SET, collect)
    .option(...SRC_DIR)
    .option("--host <name>", "as this host sees it (default: all; of what lands nowhere, and of one path, the first)")
    .option("--out <dir>", "write every host's rendered tree below this folder")
    .option("--why <file>", "which file wins for this path, and which it hides")
    .option("--reveal", "secrets as they are; else they are masked")
    .action(async (instance: string, words: string[], _options, command: Command) =>
      (await import("./commands/render.ts")).renderCommand({ instance, words, ...invoke(command) }),
    );
}

function addWork(add: Add, invoke: Invoke): void {
  withHosts(add("plan <instance> [project...]", "what a deploy would change, host by host; changes nothing"))
    .option(...SET, collect)
    .option(...SRC_DIR)
    .option("--exit-code", "exit 2 when something would change")
    .option("--no-diff", "leave out how rendered files change")
    .option(...SKIP_LIBCHECK)
    .action(async (instance: string, projects: string[], _options, command: Command) =>
      (await import("./commands/plan.ts")).planCommand({ instance, projects, ...invoke(command) }),
    );
  const deploy = add(
    "deploy <instance> [project...]",
    "make every host hold exactly the definition; project@version changes the version",
  );
  withHosts(withStages(deploy))
    .option(...SET, collect)
    .option(...SRC_DIR)
    .option("--resume <run>", "go on with this run: with its releases, on the hosts that it left behind")
    .option("--only-failed", "only the hosts that the last run left behind")
    .option("--yes", "do not ask, also not for the name of a protected instance")
    .option("--adopt", "take over a home that holds something else")
    .option("--allow-deletes", "let a release lack most of the files that hosts have now")
    .option("--accept-rollback", "use a state that is older than one you have seen, or replaced, or gone")
    .option(...SKIP_LIBCHECK)
    .action(async (instance: string, projects: string[], _options, command: Command) =>
      (await import("./commands/deploy.ts")).deployCommand({ instance, projects, ...invoke(command) }),
    );
  withHosts(
    add("rollback <instance> [words...]", "take hosts back to the release before, or to the one named by 7 digits"),
  )
    .usage("[options] <instance> [project...] [release]")
    .option(...SET, collect)
    .option("--yes", "do not ask, also not for the name of a protected instance, nor because of old secrets")
    .option(
      "--accept-rollback",
      "go on by a state that is older than the one that hosts remember, or replaced, or gone",
    )
    .action(async (instance: string, words: string[], _options, command: Command) =>
      (await import("./commands/rollback.ts")).rollbackCommand({ instance, words, ...invoke(command) }),
    );
  addStatus(add, invoke);
  withHosts(add("verify <instance> [project...]", "check every path on every host against the signed release there"))
    .option("--deep", "hash every file, not only what moved since the deploy")
    .action(async (instance: string, projects: string[], _options, command: Command) =>
      (await import("./commands/verify.ts")).verifyCommand({ instance, projects, ...invoke(command) }),
    );
}

function addStatus(add: Add, invoke: Invoke): void {
  const verbs = {
    status: "what every host runs, since when and by whom, what moved there since, and who is at work",
    history: "every release that hosts confirmed, newest first",
  };
  for (const [name, description] of Object.entries(verbs)) {
    withHosts(add(`${name} <instance> [project...]`, description)).action(
      async (instance: string, projects: string[], _options, command: Command) =>
        (await import("./commands/status.ts")).statusCommand({ instance, projects, history: name === "history", ...invoke(command) }), // biome-ignore format: one line
    );
  }
}

function ownVersion(): string {
  const text = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}
