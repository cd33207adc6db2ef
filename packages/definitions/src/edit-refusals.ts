import { FacsimileError, formatPath, formatPosition, type KeyPath, type Position, throwProblems } from "@facsimile/core"; // biome-ignore format: one line
import { clearSecretPaths } from "./clear-secrets.ts";
import { type Conglomerate, defineRoot } from "./conglomerate.ts";
import type { Place } from "./edit-effect.ts";
import type { TextChange } from "./edit-text.ts";
import type { Broken, Effect } from "./edit-users.ts";
import type { LayerText } from "./roots.ts";
import { isList, isMap, kindOf, nest, type Value, valueAt } from "./value.ts";

const NOTHING_WRITTEN = "Nothing was written.";

/** Where one file holds all layers, each is edited by its own name. @throws `UNKNOWN_LAYER` */
export function checkOwn(
  key: KeyPath,
  { layer, conglomerate }: { layer: LayerText; conglomerate: Conglomerate },
): void {
  const [first, name] = key;
  const { source, at } = layer;
  const isWithin = at.length === 0 && first === "instances" && name !== undefined;
  if (!isWithin || defineRoot(conglomerate).layer(name)?.source !== source) return;
  const hint = `Name it as the layer: --in ${name}`;
  throw new FacsimileError("UNKNOWN_LAYER", `${formatPath(key)} lies in the layer ${name}, not in facsimile`, { hint });
}

/** It would be in git for ever, and is in the history of the shell. @throws `SECRET_IN_CLEAR` */
export function checkClear(
  { path, value }: TextChange,
  { file, secrets }: { file: string; secrets: readonly KeyPath[] },
): void {
  const [found] = value === undefined ? [] : clearSecretPaths(nest(path, value), secrets);
  if (found === undefined) return;
  const name = found.filter((key) => !/^[@$]/.test(key)).join("/");
  const message = `${formatPath(found)} would stand in clear in ${file}, for every reader, and it is a secret`;
  const hint = `Nothing was written. Refer to it by a name: {$secret: ${JSON.stringify(name)}}\nThe history of your shell has it now: take it out there.`;
  throw new FacsimileError("SECRET_IN_CLEAR", message, { hint });
}

interface Unsafe {
  readonly file: string;
  /** Of the layer. */
  readonly body: Value;
  readonly position: Position;
}

/** Why the text cannot be edited there, as far as that is known. */
export function unsafe({ path, value }: TextChange, { file, body, position }: Unsafe): FacsimileError {
  const what = value === undefined ? `take ${formatPath(path)} out` : `write ${formatPath(path)}`;
  const why = path.flatMap((key, depth) => obstacle(key, { path: path.slice(0, depth), body }) ?? [])[0];
  const message = `${file} cannot be edited safely here${why === undefined ? "" : `: ${why}`}`;
  return new FacsimileError("EDIT_UNSAFE", message, {
    hint: `Nothing was written. Open it, and ${what} by hand.`,
    position,
  });
}

/** What stands at `path` and keeps `key` from being put below it. */
function obstacle(key: string, { path, body }: { path: KeyPath; body: Value }): string | undefined {
  const value = valueAt(body, path);
  if (value === undefined) return undefined;
  const name = path.length === 0 ? "the layer" : formatPath(path);
  if (isList(value)) return `${name} is a list; set it as a whole, or let ${DIRECTIVES} change it`;
  if (!isMap(value)) return `${name} is ${kindOf(value)}, and nothing can stand below it`;
  const directive = Object.keys(value).find((each) => each.startsWith("$") && each !== "$schema");
  if (directive === undefined || valueAt(value, [key]) !== undefined) return undefined;
  return `${name} is a directive, ${directive}, which takes no other keys`;
}

const DIRECTIVES = "{$append: […]} or {$remove: […]}";

/** @throws what is wrong, each problem once, with all whom it is wrong for */
export function checkSound(broken: readonly Broken[], file: string): void {
  const found = new Map<string, { problem: FacsimileError; instances: Set<string> }>();
  for (const { instance, problem } of broken) {
    const id = JSON.stringify([problem.code, problem.message]);
    const known = found.get(id) ?? { problem, instances: new Set() };
    found.set(id, known);
    known.instances.add(instance);
  }
  throwProblems(
    [...found.values()].map(({ problem: { code, message, hint, position }, instances }) => {
      const what = `with this change to ${file}, ${named([...instances])} would be wrong: ${message}`;
      const next = hint === undefined ? NOTHING_WRITTEN : `${hint}\n${NOTHING_WRITTEN}`;
      // Nobody has the new text of the file, so that lines of it would mislead.
      return new FacsimileError(code, what, { hint: next, position: position?.file === file ? undefined : position });
    }),
  );
}

function named(instances: readonly string[]): string {
  return instances.length > 3 ? `${instances.length} instances` : instances.join(", ");
}

/** A change that nobody sees is hardly meant. @throws `EDIT_HIDDEN` */
export function checkSeen(effects: readonly Effect[], { file, key }: { file: string; key: KeyPath }): void {
  const concerned = effects.filter(({ idleView }) => idleView === undefined);
  if (concerned.length === 0 || concerned.some(({ isSeen, hidden }) => isSeen || hidden.length === 0)) return;
  const places = new Map(concerned.flatMap(({ hidden }) => hidden.map((each) => [placeText(each.by, file), each])));
  const [first] = places.values();
  if (first === undefined) return;
  const { layer, view, position } = first.by;
  const shown = [...places.keys()].slice(0, 3);
  const more = places.size > shown.length ? ` and ${places.size - shown.length} more` : "";
  const message = `nobody would see ${formatPath(key)} of ${file}: ${shown.join(", ")}${more} ${places.size === 1 ? "is" : "are"} stronger`;
  const there = formatPath(view === undefined ? first.path : [view, ...first.path]);
  throw new FacsimileError("EDIT_HIDDEN", message, {
    hint: `Nothing was written. Change ${there} there: --in ${position?.file ?? layer}`,
    position: position?.file === file ? undefined : position,
  });
}

/** Of the edited file itself without lines: they may move. */
function placeText({ position, layer, view }: Place, file: string): string {
  const place = position === undefined ? layer : position.file === file ? file : formatPosition(position);
  return view === undefined ? place : `${place} (${view})`;
}
