import { FacsimileError } from "@facsimile/core";
import type { Alias, Document, Node, Pair, YAMLMap } from "yaml";
import { isList, isMap, type Value } from "../value.ts";
import { loadYaml } from "./lazy.ts";
import type { Lines, Range } from "./lines.ts";
import type { Member, RepeatedKey, TextNode } from "./text-tree.ts";

export interface YamlTree {
  readonly value: Value;
  readonly root: TextNode;
  readonly repeated: readonly RepeatedKey[];
}

export interface YamlOptions {
  readonly lines: Lines;
  /** How much there may be with aliases and merges written out, in characters of texts and values. */
  readonly maxSize: number;
}

/** The plain data of a document without errors, and where each part of it is written; aliases give shared objects. */
export function readYaml(document: Document, options: YamlOptions): YamlTree {
  const reader = new Reader(options);
  const { value, node } = reader.read(document.contents as Node | null, [0, 0]);
  const isEmpty = value === null && node.range[0] === node.range[1];
  return { value: isEmpty ? {} : value, root: node, repeated: reader.repeated };
}

interface Read {
  readonly value: Value;
  readonly node: TextNode;
}

interface Anchored extends Read {
  /** With all that it repeats. */
  readonly size: number;
}

interface Entry {
  readonly value: Value;
  readonly member: Member;
}

class Reader {
  readonly repeated: RepeatedKey[] = [];
  readonly #options: YamlOptions;
  /** By name, the last before this place; `open` while it is being read. */
  readonly #anchors = new Map<string, Anchored | "open">();
  readonly #yaml = loadYaml();
  #size = 0;

  constructor(options: YamlOptions) {
    this.#options = options;
  }

  read(node: Node | null | undefined, empty: Range): Read {
    if (node == null) return { value: null, node: { range: empty } };
    if (this.#yaml.isAlias(node)) return this.#alias(node);
    const { anchor } = node as { anchor?: string };
    const before = this.#size;
    if (anchor !== undefined) this.#anchors.set(anchor, "open");
    const read = this.#plain(node);
    if (anchor !== undefined) this.#anchors.set(anchor, { ...read, size: this.#size - before });
    return read;
  }

  #plain(node: Node): Read {
    const range = rangeOf(node);
    this.#size++;
    if (this.#yaml.isMap(node)) return this.#map(node, range);
    if (this.#yaml.isSeq(node)) {
      const items = node.items.map((item) => this.read(item as Node | null, [range[1], range[1]]));
      return { value: items.map(({ value }) => value), node: { range, items: items.map((item) => item.node) } };
    }
    const value: unknown = this.#yaml.isScalar(node) ? node.value : undefined;
    if (typeof value === "string") this.#size += value.length;
    return { value: value as Value, node: { range } };
  }

  #map(map: YAMLMap, range: Range): Read {
    const entries = new Map<string, Entry>();
    const written = new Set<string>();
    for (const pair of map.items as Pair<Node, Node | null>[]) {
      const key = this.read(pair.key, range);
      const value = this.read(pair.value, [key.node.range[1], key.node.range[1]]);
      const name = String(key.value);
      const keyRange = key.node.range;
      if (written.has(name)) this.repeated.push({ key: name, range: keyRange });
      written.add(name);
      if (this.#isMerge(pair.key)) this.#merge(value, entries);
      else entries.set(name, { value: value.value, member: { keyRange, value: value.node } });
    }
    const list = [...entries];
    return {
      value: Object.fromEntries(list.map(([name, { value }]) => [name, value])),
      node: { range, members: new Map(list.map(([name, { member }]) => [name, member])) },
    };
  }

  /** `<<`, unless in quotes or tagged. */
  #isMerge(key: Node): boolean {
    return this.#yaml.isScalar(key) && key.value === "<<" && key.type === "PLAIN" && key.tag === undefined;
  }

  /** A map, or a list of maps of which the first wins, beneath what the map itself writes. */
  #merge({ value, node }: Read, entries: Map<string, Entry>): void {
    if (isList(value)) {
      for (const [index, each] of value.entries()) this.#merge({ value: each, node: itemOf(node, index) }, entries);
      return;
    }
    if (!isMap(value)) throw this.#wrong("<< takes a map, or a list of maps", node.range);
    for (const [name, member] of node.members ?? []) {
      if (!entries.has(name)) entries.set(name, { value: value[name] as Value, member });
    }
  }

  #alias(alias: Alias): Read {
    const range = rangeOf(alias);
    const target = this.#anchors.get(alias.source);
    if (target === undefined) {
      const hint = `Write &${alias.source} before it; or put the text in quotes: "*${alias.source}".`;
      throw this.#wrong(`there is no anchor for the alias *${alias.source}`, range, hint);
    }
    if (target === "open") throw this.#wrong(`the alias *${alias.source} stands inside of its own anchor`, range);
    this.#size += target.size;
    if (this.#size > this.#options.maxSize) {
      const position = this.#options.lines.at(range);
      const hint = "Write less, or fewer aliases.";
      throw new FacsimileError("FILE_TOO_LARGE", "its aliases, written out, are too large", { hint, position });
    }
    return { value: target.value, node: { ...target.node, range } };
  }

  #wrong(message: string, range: Range, hint?: string): FacsimileError {
    return new FacsimileError("FILE_SYNTAX", message, { hint, position: this.#options.lines.at(range) });
  }
}

function itemOf(node: TextNode, index: number): TextNode {
  return node.items?.[index] ?? node;
}

function rangeOf({ range }: Node): Range {
  return range == null ? [0, 0] : [range[0], range[1]];
}
