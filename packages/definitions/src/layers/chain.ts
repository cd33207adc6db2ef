import {
  didYouMean,
  FacsimileError,
  type InstanceName,
  type KeyPath,
  meantOr,
  type ProjectName,
} from "@facsimile/core";
import { memoized } from "../memo.ts";
import type { Layer } from "../merge/steps.ts";
import { entryOf, isList, type Value } from "../value.ts";
import type { LayerText, Root } from "./roots.ts";

export interface ChainOptions {
  readonly project?: ProjectName | undefined;
  readonly instance?: InstanceName | undefined;
}

/** Where a root looked for a layer, and what it found: the layer after its parents, or nothing. */
export interface Link {
  readonly role: Layer["role"];
  /** Of the name; a layer may be called by all of them or by the last. */
  readonly parts: readonly string[];
  readonly isFound: boolean;
  /** Empty also where they came before, by `extends`. */
  readonly layers: readonly Layer[];
}

/** The layers of one root, weakest first: `facsimile`, the project, the instance's parts; before each its parents. */
export function linksOf(root: Root, { project, instance }: ChainOptions): readonly Link[] {
  const seen = new Set<LayerText>();
  const link = (role: Layer["role"], parts: readonly string[]): Link => {
    const text = instancePart(root, parts);
    const layers = text === undefined ? [] : withParents(text, { root, role, seen, hops: [] });
    return { role, parts, isFound: text !== undefined, layers };
  };
  const links = [link("base", ["facsimile"])];
  if (project !== undefined) links.push(link("project", [project]));
  const parts = instance?.parts ?? [];
  for (let depth = 1; depth <= parts.length; depth++) links.push(link("instance", parts.slice(0, depth)));
  return links;
}

/** The same without what is missing. */
export function layersOf(root: Root, options: ChainOptions): readonly Layer[] {
  return linksOf(root, options).flatMap(({ layers }) => layers);
}

/** `a.b` by its long name or, as `b`, by its short one. @throws `LAYER_TWICE` */
export function instancePart(root: Root, parts: readonly string[]): LayerText | undefined {
  const [first = "", ...more] = parts;
  if (more.length === 0) return root.layer(first);
  const long = root.layer(parts.join("."));
  const short = root.layer(more.at(-1) ?? "");
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
  readonly seen: Set<LayerText>;
  readonly hops: readonly Hop[];
}

function withParents(text: LayerText, walk: Walk): readonly Layer[] {
  const { root, role, seen, hops } = walk;
  if (hops.some((hop) => hop.text === text)) throw cycle(text, hops);
  if (seen.has(text)) return [];
  const parents = references(text).flatMap(({ reference, path }) => {
    const parent = root.parent(reference, text);
    if (parent === undefined) throw unknownParent(reference, { text, path, root });
    return withParents(parent, { ...walk, hops: [...hops, { text, path }] });
  });
  seen.add(text);
  const layer = layerOf(text, { root: root.kind, role });
  return parents.length === 0 ? [layer] : [...parents, layer];
}

/** The identical layer for the same text in the same role. */
export function layerOf(text: LayerText, { root, role }: Pick<Layer, "root" | "role">): Layer {
  const known = layersByRole(text);
  const before = known.get(role);
  if (before?.root === root) return before;
  const layer = { name: nameOf(text), root, role, ...text };
  known.set(role, layer);
  return layer;
}

const layersByRole = memoized((_text: LayerText) => new Map<Layer["role"], Layer>());

const NONE: readonly Reference[] = [];

interface Reference {
  readonly reference: string;
  readonly path: KeyPath;
}

function references(text: LayerText): readonly Reference[] {
  const value = entryOf(text.body, "extends");
  if (value === undefined) return NONE;
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

function nameOf({ source, at }: LayerText): string {
  return at.length === 0 ? source.file : `${source.file} (${at.join(".")})`;
}

function cycle(text: LayerText, hops: readonly Hop[]): FacsimileError {
  const start = hops.findIndex((hop) => hop.text === text);
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
  return new FacsimileError("EXTENDS_UNKNOWN", `extends ${JSON.stringify(reference)}: there is no such layer`, {
    hint: meantOr(didYouMean(reference, root.names()), `There are: ${root.names().join(", ")}.`),
    position: text.source.locate([...text.at, ...path]),
  });
}
