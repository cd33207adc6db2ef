import path from "node:path";
import { FacsimileError, type KeyPath } from "@facsimile/core";
import type { Files } from "../files/files.ts";
import { EXTENSIONS, type SourceFile } from "../files/source-file.ts";
import { memoized } from "../memo.ts";
import { entryOf, freeze, isList, isMap, kindOf, type Value, type ValueMap } from "../value.ts";

/** The body of a layer, and where it is written; the identical object whenever it is asked for. */
export interface LayerText {
  readonly source: SourceFile;
  /** Where in the file the body lies: `[]`, or `["instances", "beta"]`. */
  readonly at: KeyPath;
  readonly body: ValueMap;
}

/** A list of modules, and where it is written; the identical object whenever it is asked for. */
export interface ModuleText {
  readonly source: SourceFile;
  readonly at: KeyPath;
  readonly value: Value;
}

/** One place that holds layers: the conglomerate's definitions, or those of a source. */
export interface Root {
  readonly kind: "conglomerate" | "source";
  /** Undefined where no file gives this layer. @throws `LAYER_TWICE`, `NOT_A_MAP` and what parsing throws */
  layer(name: string): LayerText | undefined;
  /** What `extends` names, from the layer `from`. @throws `EXTENDS_OUTSIDE` */
  parent(reference: string, from: LayerText): LayerText | undefined;
  modules(): ModuleText | undefined;
  /** The user's schema of own keys. */
  schema(): SourceFile | undefined;
  /** All layers that this root has, in byte order. */
  names(): readonly string[];
  /** Where the layer is, or would be, as people see it. */
  shown(name: string): string;
}

export interface RootOptions {
  readonly kind: Root["kind"];
  /** A folder, or for {@link singleFileRoot} a file; absolute. */
  readonly dir: string;
  readonly files: Files;
}

/** A folder with one file for each layer. */
export function folderRoot({ kind, dir, files }: RootOptions): Root {
  const named = (name: string) => only(files.list(dir).get(name) ?? [], { name, files });
  const textOf = (file: string | undefined) => (file === undefined ? undefined : wholeFile(files.read(file)));
  const layers = new Map<string, LayerText | undefined>();
  const sourceOf = (name: string) => {
    const file = named(name);
    return file === undefined ? undefined : files.read(file);
  };
  return {
    kind,
    layer: (name) => {
      if (!layers.has(name)) layers.set(name, textOf(named(name)));
      return layers.get(name);
    },
    parent: (reference, from) => textOf(parentFile(reference, from)),
    modules: () => {
      const source = sourceOf("modules");
      return source === undefined ? undefined : wholeList(source);
    },
    schema: () => (kind === "conglomerate" ? sourceOf("schema") : undefined),
    names: () => [...files.list(dir).keys()].sort(),
    shown: (name) => files.shown(named(name) ?? path.join(dir, `${name}.json5`)),
  };

  function parentFile(reference: string, from: LayerText): string | undefined {
    const base = reference.startsWith(".") ? path.dirname(from.source.path ?? dir) : dir;
    const target = path.resolve(base, reference);
    if (!`${target}${path.sep}`.startsWith(`${dir}${path.sep}`)) throw outside(reference, from);
    const folder = path.dirname(target);
    const name = path.basename(target);
    const bare = EXTENSIONS.map((extension) => `.${extension}`).find((extension) => name.endsWith(extension));
    const listed = files.list(folder).get(bare === undefined ? name : name.slice(0, -bare.length)) ?? [];
    return bare === undefined ? only(listed, { name: reference, files }) : listed.find((file) => file === target);
  }
}

/** One file: its body is the layer `facsimile`, its `instances` are the others; a list `modules` is the modules. */
export function singleFileRoot({ kind, dir, files }: RootOptions): Root {
  const inner = (name: string) => innerTexts(files.read(dir)).get(name);
  return {
    kind,
    layer: (name) => (name === "facsimile" ? baseText(files.read(dir)) : inner(name)),
    parent: inner,
    modules: () => innerList(files.read(dir)),
    schema: () => undefined,
    names: () => [...innerTexts(files.read(dir)).keys()].sort(),
    shown: (name) => (name === "facsimile" ? files.shown(dir) : `${files.shown(dir)} (instances.${name})`),
  };
}

function only(listed: readonly string[], { name, files }: { name: string; files: Files }): string | undefined {
  const [first, second] = listed;
  if (second === undefined) return first;
  const shown = listed.map((file) => files.shown(file)).join(" and ");
  throw new FacsimileError("LAYER_TWICE", `the layer ${name} is written in two formats: ${shown}`, {
    hint: "Keep one of the files.",
  });
}

const wholeFile = memoized((source: SourceFile): LayerText => layerText(source, [], source.value));

const baseText = memoized((source: SourceFile): LayerText => {
  const { instances: _, modules, ...rest } = wholeFile(source).body;
  const body = modules === undefined || isList(modules) ? rest : { ...rest, modules };
  return { source, at: [], body: freeze(body) };
});

const wholeList = memoized((source: SourceFile): ModuleText => ({ source, at: [], value: source.value }));

const innerList = memoized((source: SourceFile): ModuleText | undefined => {
  const value = entryOf(source.value, "modules");
  return isList(value) ? { source, at: ["modules"], value } : undefined;
});

const innerTexts = memoized((source: SourceFile): ReadonlyMap<string, LayerText> => {
  const instances = entryOf(wholeFile(source).body, "instances") ?? {};
  const { body } = layerText(source, ["instances"], instances);
  return new Map(Object.entries(body).map(([name, value]) => [name, layerText(source, ["instances", name], value)]));
});

function layerText(source: SourceFile, at: KeyPath, value: Value): LayerText {
  if (isMap(value)) return { source, at, body: value };
  const position = source.locate(at);
  const hint = "Write { key: value }.";
  throw new FacsimileError("NOT_A_MAP", `holds ${kindOf(value)}; expected a map of keys and values`, {
    hint,
    position,
  });
}

function outside(reference: string, { source, at }: LayerText): FacsimileError {
  return new FacsimileError("EXTENDS_OUTSIDE", `extends ${JSON.stringify(reference)} leads out of the definitions`, {
    hint: "Extend a layer of the same folder.",
    position: source.locate([...at, "extends"]),
  });
}
