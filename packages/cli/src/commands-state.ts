import type { Command } from "commander";
import { withCommon } from "./options.ts";
import type { Add, Invoke } from "./program.ts";

/** Commands about state and trust, each a group of verbs. `group` makes an empty group. */
export function addState(group: Add, invoke: Invoke): void {
  addTrust(verbsOf(group("trust", "whose signatures count")), invoke);
}

/** Adds verbs to a group, with the options that all have. */
function verbsOf(group: Command): Add {
  group.helpCommand(false);
  return (usage, description) => withCommon(group.command(usage).description(description));
}

function addTrust(verb: Add, invoke: Invoke): void {
  verb("list", "everybody who is trusted, for which scopes, and who says so").action(
    async (_options, command: Command) => (await import("./commands/trust.ts")).trustListCommand(invoke(command)),
  );
}
