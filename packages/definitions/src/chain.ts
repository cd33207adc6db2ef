import { didYouMean, FacsimileError, type InstanceName, type KeyPath, type ProjectName } from "@facsimile/core";
import type { LayerText, Root } from "./roots.ts";
import type { SourceFile } from "./source-file.ts";
import { entryOf, isList, type Value, type ValueMap } from "./value.ts";

/** One set of values in the chain. */
export interface Layer {
  /** As people know it: `define/staging.json5`, `defaults`, `--set home=…`. */
  readonly name: string;
  readonly root: Root["kind"] | "defaults" | "set";
  readonly role: "defaults" | "base" | "project" | "instance" | "install" | "set";
  /** Undefined where no file holds it. */
  readonly source: SourceFile | undefined;
  /** Where in the file the body lies. */
  readonly at: KeyPath;
  readonly body: ValueMap;
}

export interface ChainOptions {
  readonly project?: ProjectName | undefined;
  readonly instance?: InstanceName | undefined;
}

/**
 * The layers that files give, weakest first: each root in turn, in it `facsimile`, the project, the instance's parts;
 * before each file its parents.
 */
export function layersOf(roots: readonly Root[], options: ChainOptions): readonly Layer[] {
  return roots.flatMap((root) => {
    const seen = new Set<string>();
    return slotsOf(root, options).flatMap(({ role, text }) => withParents(text, { root, role, seen, hops: [] }));
  });
}

interface Slot {
  readonly role: Layer["role"];
  readonly text: LayerText;
}

function slotsOf(root: Root, { project, instance }: ChainOptions): readonly Slot[] {
  const slots: Slot[] = [];
  const add = (role: Layer["role"], text: LayerText | undefined) => text !== undefined && slots.push({ role, text });
  add("base", root.layer("facsimile"));
  if (project !== undefined) add("project", root.layer(project));
  for (let depth = 1; depth <= (instance?.parts.length ?? 0); depth++) {
    add("instance", instancePart(root, instance?.parts.slice(0, depth) ?? []));
  }
  return slots;
}

/** `a.b` by its long name or, as `b`, by its short one. @throws `LAYER_TWICE` */
export function instancePart(root: Root, parts: readonly string[]): LayerText | undefined {
  const long = root.layer(parts.join("."));
  const short = parts.length > 1 ? root.layer(parts.at(-1) ?? "") : undefined;
  if (long === undefined || short === undefined) return long ?? short;
  const files = `${long.source.file} and ${short.source.file}`;
  throw new FacsimileError("LAYER_TWICE", `${parts.join(".")} is defined by its long and its short name: ${files}`, {
    hint: `Keep ${long.source.file}, or rename the other.`,
  });
}

interface Hop {
  readonly text: LayerText;
  readonly path: KeyPath;
}

interface Walk {
  readonly root: Root;
  readonly role: Layer["role"];
  readonly seen: Set<string>;
  readonly hops: readonly Hop[];
}

function withParents(text: LayerText, walk: Walk): readonly Layer[] {
  const { root, role, seen, hops } = walk;
  const id = idOf(text);
  if (hops.some((hop) => idOf(hop.text) === id)) throw cycle(text, hops);
  if (seen.has(id)) return [];
  const parents = references(text).flatMap(({ reference, path }) => {
    const parent = root.parent(reference, text);
    if (parent === undefined) throw unknownParent(reference, { text, path, root });
    return withParents(parent, { ...walk, hops: [...hops, { text, path }] });
  });
  seen.add(id);
  const { source, at, body } = text;
  return [...parents, { name: nameOf(text), root: root.kind, role, source, at, body }];
}

interface Reference {
  readonly reference: string;
  readonly path: KeyPath;
}

function references(text: LayerText): readonly Reference[] {
  const value = entryOf(text.body, "extends");
  if (value === undefined) return [];
  if (!isList(value)) return [referenceAt(value, { text, path: ["extends"] })];
  return value.map((each, index) => referenceAt(each, { text, path: ["extends", String(index)] }));
}

function referenceAt(value: Value, { text, path }: { text: LayerText; path: KeyPath }): Reference {
  if (typeof value === "string" && value !== "" && !/[\0-\x1f]/.test(value)) return { reference: value, path };
  throw new FacsimileError("INVALID_VALUE", "extends holds something else than names of layers", {
    hint: 'Write extends: ["base"] or a path such as "./common/x".',
    position: text.source.locate([...text.at, ...path]),
  });
}

function idOf({ source, at }: LayerText): string {
  return [source.file, ...at].join("\0");
}

function nameOf({ source, at }: LayerText): string {
  return at.length === 0 ? source.file : `${source.file} (${at.join(".")})`;
}

function cycle(text: LayerText, hops: readonly Hop[]): FacsimileError {
  const start = hops.findIndex((hop) => idOf(hop.text) === idOf(text));
  const shown = hops.slice(start).map((hop) => {
    const { file, line, column } = placeOf(hop);
    return `${file}:${line}:${column}`;
  });
  const last = hops.at(-1);
  return new FacsimileError("EXTENDS_CYCLE", `layers extend each other: ${[...shown, nameOf(text)].join(" → ")}`, {
    hint: "Take one of these extends out.",
    position: last && placeOf(last),
  });
}

function placeOf({ text, path }: Hop) {
  return text.source.locate([...text.at, ...path]);
}

function unknownParent(
  reference: string,
  { text, path, root }: { text: LayerText; path: KeyPath; root: Root },
): FacsimileError {
  const near = didYouMean(reference, root.names());
  return new FacsimileError("EXTENDS_UNKNOWN", `extends ${JSON.stringify(reference)}: there is no such layer`, {
    hint: near === undefined ? `There are: ${root.names().join(", ")}.` : `Did you mean ${near}?`,
    position: text.source.locate([...text.at, ...path]),
  });
}
