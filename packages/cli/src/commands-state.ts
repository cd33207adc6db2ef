import type { Command } from "commander";
import { addSecrets } from "./commands-secrets.ts";
import { addStateFile } from "./commands-state-file.ts";
import type { Add, Invoke } from "./invocation.ts";
import { collect, withCommon } from "./options.ts";

/** Commands about state and trust, each a group of verbs. `group` makes an empty group. */
export function addState(group: Add, invoke: Invoke): void {
  addSecrets(verbsOf(group("secrets", "the values of a state: list, get, set, make, rotate, take over, use")), invoke);
  addTrust(group("trust", "whose signatures count"), invoke);
  addRecipients(verbsOf(group("recipients", "who can open the states")), invoke);
  const state = group("state", "a state as a whole: look, check, merge, keep a copy");
  addStateFile(state, verbsOf(state), invoke);
}

/** Adds verbs to a group, with the options that all have. */
function verbsOf(group: Command): Add {
  group.helpCommand(false);
  return (usage, description) => withCommon(group.command(usage).description(description));
}

function addTrust(group: Command, invoke: Invoke): void {
  verbsOf(group)("list", "everybody who is trusted, for which scopes, and who says so").action(
    async (_options, command: Command) => (await import("./commands/trust.ts")).trustListCommand(invoke(command)),
  );
  // Their --root is a root of trust: the repository is found from here, or by FACS_ROOT.
  group
    .command("add <key...>")
    .usage("[options] <fingerprint>\n       facs trust add [options] <file.asc> [fingerprint]")
    .description("let a key sign scopes, or pin it as a root of yours; a file is put into keys/")
    .option("--scope <name>", "it may sign this scope, which there is; may be given again", collect)
    .option("--all-scopes", "it may sign every scope")
    .option("--root", "pin it in your own trust.json: whatever it signs is taken, by you")
    .option("--yes", "do not ask; needs the full fingerprint")
    .option("--accept-rollback", "go on from a list that is older than one you have seen, or replaced, or gone")
    .option("--json", "print one JSON document")
    .action(async (words: string[], _options, command: Command) =>
      (await import("./commands/trust-add.ts")).trustAddCommand({ words, ...invoke(command) }),
    );
  group
    .command("remove <fingerprint...>")
    .usage("[options] <fingerprint>")
    .description("take a signer out of the list and seal again what it sealed last; or unpin a root of yours")
    .option("--scope <name>", "of a signer, this scope alone; may be given again", collect)
    .option("--root", "unpin it, also where the list names it")
    .option("--reseal", "with a root: sign again with your key what it signed last")
    .option("--yes", "do not ask where files would be refused from now on")
    .option("--json", "print one JSON document")
    .action(async (words: string[], _options, command: Command) =>
      (await import("./commands/trust-remove.ts")).trustRemoveCommand({ words, ...invoke(command) }),
    );
}

function addRecipients(verb: Add, invoke: Invoke): void {
  const load = () => import("./commands/recipients.ts");
  const SCOPE = ["--scope <name>", "of this scope; may be given again (default: the only one)", collect] as const;
  const ALL_SCOPES = ["--all-scopes", "of every scope"] as const;
  const YES = ["--yes", "do not ask"] as const;
  const ROTATE = ["--rotate", "make what those who leave knew anew, where it was made"] as const;
  const ALLOW_SINGLE = ["--allow-single", "leave one recipient, also where hosts are remote"] as const;
  verb("list [instance]", "whose keys open the states, and whom definitions wish").action(
    async (instance: string | undefined, _options, command: Command) =>
      (await load()).recipientsListCommand({ words: instance === undefined ? [] : [instance], ...invoke(command) }),
  );
  verb("add <key...>", "let a key open states; a file is put into keys/")
    .usage("[options] <fingerprint>\n       facs recipients add [options] <file.asc> [fingerprint]")
    .option(...SCOPE)
    .option(...ALL_SCOPES)
    .option(...YES)
    .action(async (words: string[], _options, command: Command) =>
      (await load()).recipientsAddCommand({ words, ...invoke(command) }),
    );
  verb("remove <fingerprint...>", "take a key out, encrypt all anew, and tell what its owner knew")
    .usage("[options] <fingerprint>")
    .option(...SCOPE)
    .option(...ALL_SCOPES)
    .option(...ROTATE)
    .option(...ALLOW_SINGLE)
    .option(...YES)
    .action(async (words: string[], _options, command: Command) =>
      (await load()).recipientsRemoveCommand({ words, ...invoke(command) }),
    );
  verb("apply [instance]", "make the sealed list what definitions wish (state.recipients)")
    .usage("[options] <instance>\n       facs recipients apply [options] --all")
    .option("--all", "of every scope")
    .option(...ROTATE)
    .option(...ALLOW_SINGLE)
    .option(...YES)
    .action(async (instance: string | undefined, _options, command: Command) =>
      (await load()).recipientsApplyCommand({ words: instance === undefined ? [] : [instance], ...invoke(command) }),
    );
}
