import { FacsimileError, formatPath, formatPosition, type KeyPath, type Position, throwProblems } from "@facsimile/core"; // biome-ignore format: one line
import { isSensitive } from "../compare/masked.ts";
import { checkPlain } from "../files/plain.ts";
import { MAX_DEPTH } from "../files/source-text.ts";
import { type Conglomerate, defineRoot } from "../layers/conglomerate.ts";
import type { LayerText } from "../layers/roots.ts";
import { isList, isMap, kindOf, nest, type Value, valueAt } from "../value.ts";
import { clearSecretPaths } from "./clear-secrets.ts";
import type { Place } from "./effect.ts";
import type { TextChange } from "./text.ts";
import type { Broken, Effect } from "./users.ts";

const NOTHING_WRITTEN = "Nothing was written.";

export interface Target {
  readonly layer: LayerText;
  readonly conglomerate: Conglomerate;
}

/** @throws `FORBIDDEN_KEY`; `UNKNOWN_LAYER` for a key that lies in another layer of the same file */
export function checkKey(key: KeyPath, { layer, conglomerate }: Target): void {
  const findings = checkPlain(nest(key, null), { text: "", maxDepth: MAX_DEPTH, rangeOf: () => [0, 0] });
  throwProblems(findings.map(({ code, message, hint }) => new FacsimileError(code, message, { hint })));
  const [first, name = ""] = key;
  const isWithin = layer.at.length === 0 && first === "instances";
  if (!isWithin || defineRoot(conglomerate).layer(name)?.source !== layer.source) return;
  const hint = `Name it as the layer: --in ${name}`;
  throw new FacsimileError("UNKNOWN_LAYER", `${formatPath(key)} lies in the layer ${name}, not in facsimile`, { hint });
}

/** It would be in git for ever, and is in the history of the shell. @throws `SECRET_IN_CLEAR` */
export function checkClear(
  { path, value }: TextChange,
  { layer, secrets }: { layer: LayerText; secrets: readonly KeyPath[] },
): void {
  const [found] = value === undefined ? [] : clearSecretPaths(nest(path, value), secrets);
  if (found === undefined) return;
  const name = found.filter((key) => !/^[@$]/.test(key)).join("/");
  const message = `${formatPath(found)} is a secret, and would stand in ${layer.source.file} for every reader`;
  const reference = `${NOTHING_WRITTEN} Refer to it by a name: {$secret: ${JSON.stringify(name)}}`;
  const hint = `${reference}\nThe history of your shell has it now: take it out there.`;
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
    hint: `${NOTHING_WRITTEN} Open it, and ${what} by hand.`,
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

export interface Edited {
  readonly file: string;
  readonly key: KeyPath;
  readonly secrets: readonly KeyPath[];
}

/** A change that nobody sees is hardly meant. @throws `EDIT_HIDDEN` */
export function checkSeen(effects: readonly Effect[], { file, key, secrets }: Edited): void {
  const concerned = effects.filter(({ idleView }) => idleView === undefined);
  if (concerned.some(({ isSeen, hidden }) => isSeen || hidden.length === 0)) return;
  const places = new Map(concerned.flatMap(({ hidden }) => hidden.map((each) => [placeText(each.by, file), each])));
  const [first] = places.values();
  if (first === undefined) return;
  const [shown, are] = [[...places.keys()].slice(0, 3).join(", "), places.size === 1 ? "is" : "are"];
  const more = places.size > 3 ? ` and ${places.size - 3} more` : "";
  const message = `nobody would see ${formatPath(key)} of ${file}: ${shown}${more} ${are} stronger`;
  const { layer, view, position } = first.by;
  const there = formatPath(view === undefined ? first.path : [view, ...first.path]);
  // Around a position, lines are shown.
  const isShowable = position?.file !== file && !isSensitive(first.path, { secrets });
  throw new FacsimileError("EDIT_HIDDEN", message, {
    hint: `${NOTHING_WRITTEN} Change ${there} there: --in ${/\(instances\.(.+)\)$/.exec(layer)?.[1] ?? layer}`,
    position: isShowable ? position : undefined,
  });
}

/** Of the edited file itself without lines: they may move. */
function placeText({ position, layer, view }: Place, file: string): string {
  const place = position === undefined || position.file === file ? layer : formatPosition(position);
  return view === undefined ? place : `${place} (${view})`;
}
