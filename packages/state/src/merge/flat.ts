import type { StateDocument } from "../format/document.ts";
import { pointerOf } from "../format/leaf.ts";
import { type ValueName, valueNameText } from "../format/value-name.ts";
import { leavesOf } from "../state.ts";

type Values = StateDocument["values"];

/** The texts of all leaves by pointer. */
export function flatLeaves(document: Pick<StateDocument, "values">): ReadonlyMap<string, string> {
  return new Map(leavesOf(document as StateDocument).map(({ keys, text }) => [pointerOf(keys), text]));
}

/** The values that have these leaves. An overlay without any is left out. */
export function valuesWith(leaves: ReadonlyMap<string, string>): Values {
  const empty = () => ({ passwd: new Map<string, string>(), secrets: new Map<string, string>() });
  const overlay = new Map<string, ReturnType<typeof empty>>();
  const all = empty();
  for (const [pointer, text] of leaves) {
    const { kind, name, instance } = nameOfPointer(pointer);
    const section = instance === undefined ? all : (overlay.get(instance) ?? empty());
    if (instance !== undefined) overlay.set(instance, section);
    section[kind].set(name, text);
  }
  return { ...all, overlay };
}

/** Which value a pointer leads to. */
export function nameOfPointer(pointer: string): ValueName {
  const keys = pointer
    .split("/")
    .slice(1)
    .map((key) => key.replaceAll("~1", "/").replaceAll("~0", "~"));
  const [kind, name] = keys.slice(-2) as [ValueName["kind"], string];
  return { kind, name, ...(keys[1] === "overlay" ? { instance: keys[2] } : {}) };
}

/** `db/root`, `passwd/storefront of dev.dev0`. */
export function shownPointer(pointer: string): string {
  const name = nameOfPointer(pointer);
  return name.instance === undefined ? valueNameText(name) : `${valueNameText(name)} of ${name.instance}`;
}
