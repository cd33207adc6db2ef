import path from "node:path";
import { FacsimileError, type KeyPath } from "@facsimile/core";
import type { Files } from "./files.ts";
import { EXTENSIONS, type SourceFile } from "./source-file.ts";
import { entryOf, isMap, kindOf, type ValueMap } from "./value.ts";

/** The body of a layer, and where it is written. */
export interface LayerText {
  readonly source: SourceFile;
  /** Absolute path of the file. */
  readonly path: string;
  /** Where in the file the body lies: `[]`, or `["instances", "beta"]`. */
  readonly at: KeyPath;
  readonly body: ValueMap;
}

/** One place that holds layers: the conglomerate's `define/`, or a source's `config/facsimile`. */
export interface Root {
  readonly kind: "conglomerate" | "source";
  /** Undefined where no file gives this layer. @throws `LAYER_TWICE`, `NOT_A_MAP` and what parsing throws */
  layer(name: string): LayerText | undefined;
  /** What `extends` names, from the layer `from`. @throws `EXTENDS_OUTSIDE` */
  parent(reference: string, from: LayerText): LayerText | undefined;
  /** The file of modules, a list. */
  modules(): SourceFile | undefined;
  /** All layers that this root has, in byte order. */
  names(): readonly string[];
}

export interface RootOptions {
  readonly kind: Root["kind"];
  readonly dir: string;
  readonly files: Files;
}

/** A folder with one file for each layer. */
export function folderRoot({ kind, dir, files }: RootOptions): Root {
  const named = (name: string) => only(files.list(dir).get(name) ?? [], { name, files });
  const textOf = (file: string | undefined) => (file === undefined ? undefined : wholeFile(file, files));
  return {
    kind,
    layer: (name) => textOf(named(name)),
    parent: (reference, from) => textOf(parentFile(reference, from)),
    modules: () => {
      const file = named("modules");
      return file === undefined ? undefined : files.read(file);
    },
    names: () => [...files.list(dir).keys()].sort(),
  };

  function parentFile(reference: string, from: LayerText): string | undefined {
    const base = reference.startsWith(".") ? path.dirname(from.path) : dir;
    const target = path.resolve(base, reference);
    if (!`${target}${path.sep}`.startsWith(`${dir}${path.sep}`)) throw outside(reference, from);
    const folder = path.dirname(target);
    const name = path.basename(target);
    const bare = EXTENSIONS.map((extension) => `.${extension}`).find((extension) => name.endsWith(extension));
    const listed = files.list(folder).get(bare === undefined ? name : name.slice(0, -bare.length)) ?? [];
    return bare === undefined ? only(listed, { name: reference, files }) : listed.find((file) => file === target);
  }
}

/** One file: its body is the layer `facsimile`, its `instances` are the others. */
export function singleFileRoot({ kind, dir, files }: RootOptions): Root {
  const text = () => wholeFile(dir, files);
  const inner = (name: string): LayerText | undefined => {
    const { source, body, path: file } = text();
    const value = entryOf(entryOf(body, "instances"), name);
    const at = ["instances", name];
    return value === undefined ? undefined : { source, path: file, at, body: asMap(value, { source, at }) };
  };
  return {
    kind,
    layer: (name) => {
      if (name !== "facsimile") return inner(name);
      const { instances: _, modules: __, ...body } = text().body;
      return { ...text(), body };
    },
    parent: inner,
    modules: () => undefined,
    names: () => Object.keys(entryOf(text().body, "instances") ?? {}).sort(),
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

function wholeFile(file: string, files: Files): LayerText {
  const source = files.read(file);
  return { source, path: file, at: [], body: asMap(source.value, { source, at: [] }) };
}

function asMap(value: unknown, { source, at }: Pick<LayerText, "source" | "at">): ValueMap {
  if (isMap(value)) return value as ValueMap;
  throw new FacsimileError("NOT_A_MAP", `holds ${kindOf(value)}; expected a map of keys and values`, {
    position: source.locate(at),
  });
}

function outside(reference: string, { source, at }: LayerText): FacsimileError {
  return new FacsimileError("EXTENDS_OUTSIDE", `extends ${JSON.stringify(reference)} leads out of the definitions`, {
    hint: "Extend a layer of the same folder.",
    position: source.locate([...at, "extends"]),
  });
}
