import { HIDDEN, isSecretRef, type Value } from "@facsimile/definitions";

/** A value on one line, as a definition file has it; a secret's place is told by its name. */
export function valueText(value: Value): string {
  if (value === HIDDEN) return HIDDEN;
  if (typeof value === "string") return harmless(JSON.stringify(value));
  if (typeof value !== "object" || value === null) return Object.is(value, -0) ? "-0" : String(value);
  if (isSecretRef(value)) return harmless(`secret ${value.$secret}`);
  if (Array.isArray(value)) return `[${value.map(valueText).join(", ")}]`;
  const entries = Object.entries(value).map(([key, inner]) => `${keyText(key)}: ${valueText(inner)}`);
  return entries.length === 0 ? "{}" : `{ ${entries.join(", ")} }`;
}

function keyText(key: string): string {
  return /^[A-Za-z_]\w*$/.test(key) ? key : harmless(JSON.stringify(key));
}

/** Nothing of it steers a terminal, turns the direction of writing, or is not to be seen. */
export function harmless(text: string): string {
  return text.replace(
    /[\0-\x1f\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** {@link harmless}; lines and tabs stay. */
export function harmlessLines(text: string): string {
  return text.replace(/[^\n\t]+/g, harmless);
}

const WIDTH = 56;

/** At most {@link WIDTH} characters of `text`; what lies at `from` is among them. */
export function cut(text: string, from = 0): string {
  const characters = [...text];
  if (characters.length <= WIDTH) return text;
  const start = from < WIDTH / 2 ? 0 : from - 8;
  const [left, rest] = [start === 0 ? "" : "...", characters.slice(start)];
  const room = WIDTH - left.length;
  return `${left}${rest.length <= room ? rest.join("") : `${rest.slice(0, room - 3).join("")}...`}`;
}

/** Two values beside each other, each short, so that what is different can be seen; undefined is what is not set. */
export function pairText(a: Value | undefined, b: Value | undefined): readonly [string, string] {
  const [left, right] = [sideText(a), sideText(b)];
  const isShort = [left, right].every((text) => [...text].length <= WIDTH);
  // What is alike here, and yet is told to differ, differs in what is hidden.
  if (!isShort && left !== right && Array.isArray(a) && Array.isArray(b)) return [ownItems(a, b), ownItems(b, a)];
  const from = a === undefined || b === undefined || left === right ? 0 : firstDifference(left, right);
  return [cut(left, from), cut(right, from)];
}

function sideText(value: Value | undefined): string {
  return value === undefined ? "not set" : valueText(value);
}

/** `5 items, only here: "web3.eu"` */
function ownItems(list: readonly Value[], other: readonly Value[]): string {
  const others = other.map(valueText);
  const own = list.map(valueText).filter((item) => {
    const index = others.indexOf(item);
    if (index >= 0) others.splice(index, 1);
    return index < 0;
  });
  const items = `${list.length} ${list.length === 1 ? "item" : "items"}`;
  if (own.length > 0) return cut(`${items}, only here: ${own.join(", ")}`);
  return others.length === 0 ? `${items}, in another order` : items;
}

function firstDifference(a: string, b: string): number {
  const [left, right] = [[...a], [...b]];
  const index = left.findIndex((character, at) => character !== right[at]);
  return index < 0 ? left.length : index;
}
