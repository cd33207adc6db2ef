import { FacsimileError, isFacsimileError } from "@facsimile/core";
import { formatPlainTexts, parsePlainTexts } from "@facsimile/definitions";
import { type Change, parseValueName, type ValueName, valueNameText, valuesOf } from "@facsimile/state";
import { confirm, givenOptions } from "../confirm.ts";
import { editText } from "../editor.ts";
import { EXIT } from "../exit.ts";
import { withMemoryFolder } from "../memory-folder.ts";
import type { ChangedSecret } from "../text/secrets.ts";
import { harmless } from "../text/value.ts";
import { groupBy, labelled } from "../text/words.ts";
import type { World } from "../world.ts";
import { mayChange, type Opened, openScope, report, type SecretsInvocation } from "./secrets.ts";

export interface SecretsEditInvocation extends SecretsInvocation<{ readonly yes?: true }> {
  /** Default: all values of the scope. */
  readonly name: string | undefined;
}

/** Changes one value, or all that are shared, in the user's editor. */
export async function secretsEditCommand(invocation: SecretsEditInvocation): Promise<void> {
  const { name, world } = invocation;
  if (name !== undefined) parseValueName(name);
  const opened = await openScope(invocation, "write");
  const edits = await withMemoryFolder(world.env, (folder) =>
    name === undefined ? editAll(opened, { folder, world }) : editOne(name, opened, { folder, world }),
  );
  world.signal.throwIfAborted();
  const { changeSecrets, seenBy } = await import("@facsimile/pipeline");
  const seen = new Set(edits.flatMap(({ change }) => seenBy(change.name, opened.scope)));
  const sharers = opened.scope.sharers.filter((sharer) => seen.has(sharer));
  const changed = edits.map(({ change, did }) => ({ name: valueNameText(change.name), only: change.name.instance, change: did })); // biome-ignore format: one line
  if (!(await isWanted(changed, { sharers }, invocation))) return;
  const changes = edits.map(({ change }) => change);
  const state = await changeSecrets(opened.scope, changes, opened.context);
  report({ opened, state, changes: changed, sharers }, invocation);
}

interface Edit {
  readonly change: Change & { readonly type: "set" | "unset" };
  readonly did: ChangedSecret["change"];
}

interface Place {
  readonly folder: string;
  readonly world: World;
}

async function editOne(name: string, { scope }: Opened, { folder, world }: Place): Promise<readonly Edit[]> {
  const { placeSeen, secretSeen } = await import("@facsimile/pipeline");
  const place = placeSeen(name, scope)?.name ?? parseValueName(name);
  const before = secretSeen(name, { ...scope, previous: false })?.reveal();
  // Editors end a file with a newline, whether the value has one or not.
  const saved = await editText({ folder, name: "secret", text: `${before ?? ""}\n` }, world);
  const value = saved.replace(/\n$/, "");
  if (value === (before ?? "")) return [];
  if (value === "") throw emptied(name);
  return [{ change: { type: "set", name: place, value }, did: before === undefined ? "set" : "replaced" }];
}

async function editAll(opened: Opened, { folder, world }: Place): Promise<readonly Edit[]> {
  const before = await sharedValues(opened);
  let text = `${HEAD(opened)}${formatPlainTexts(before)}`;
  for (;;) {
    text = await editText({ folder, name: "secrets.yaml", text }, world);
    try {
      return compared(before, parsePlainTexts({ file: "secrets.yaml", text }));
    } catch (error) {
      if (!isFacsimileError(error) || world.ask === undefined) throw error;
      const question = `${error.message}. Edit again?`;
      if (!(await confirm({ question, yes: false, command: "" }, world))) throw error;
    }
  }
}

const HEAD = ({ scope: { state, sharers } }: Opened) =>
  `# The secrets of ${state.file}, seen by ${sharers.map(({ instance }) => instance).join(", ")}: YAML, a name and its value.
# A line that goes takes its secret out; a new one adds it. What an instance has for itself is not here.
`;

async function sharedValues({ scope }: Opened): Promise<ReadonlyMap<string, string>> {
  const { secretAt } = await import("@facsimile/pipeline");
  const shared = valuesOf(scope.state).filter(({ name }) => name.instance === undefined);
  return new Map(shared.map(({ name }) => [valueNameText(name), secretAt(name, scope)?.reveal() ?? ""]));
}

function compared(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): readonly Edit[] {
  const set = [...after].flatMap(([text, value]): Edit[] => {
    const name: ValueName = parseValueName(text);
    if (before.get(text) === value) return [];
    return [{ change: { type: "set", name, value }, did: before.has(text) ? "replaced" : "set" }];
  });
  const gone = [...before.keys()].filter((text) => !after.has(text));
  return [...set, ...gone.map((text): Edit => ({ change: { type: "unset", name: parseValueName(text) }, did: "removed" }))]; // biome-ignore format: one line
}

/** Shows what changed, by name, and asks where several values or protected instances are meant. */
async function isWanted(
  changed: readonly ChangedSecret[],
  { sharers }: { readonly sharers: Parameters<typeof mayChange>[0]["sharers"] },
  { instance, name, options, world, run }: SecretsEditInvocation,
): Promise<boolean> {
  const { yes = false } = options;
  if (changed.length === 0) return true;
  const command = ["facs secrets edit", instance, ...(name === undefined ? [] : [name]), ...givenOptions(options)].join(
    " ",
  );
  const what = `Seal ${changed.length === 1 ? "this change" : `these ${changed.length} changes`}`;
  if (name !== undefined) return mayChange({ sharers, what, yes, command }, { world, run });
  const groups = groupBy(changed, ({ change }) => change);
  const rows = [...groups].flatMap(([did, group]) => labelled(did, [group.map((one) => harmless(one.name)).join(", ")], 10)); // biome-ignore format: one line
  world.tell(`${rows.join("\n")}\n`);
  const isGuarded = sharers.some((sharer) => sharer.protected);
  if (isGuarded) return mayChange({ sharers, what, yes, command }, { world, run });
  if (await confirm({ question: `${what}?`, yes, command }, world)) return true;
  run.status = EXIT.failed;
  world.tell("Nothing was changed.\n");
  return false;
}

function emptied(name: string): FacsimileError {
  return new FacsimileError("SECRET_INVALID", `the value for ${name} is empty`, {
    hint: "facs secrets unset takes a value out. Nothing was written.",
  });
}
