import type { KeyPath, Position } from "@facsimile/core";
import type { MemberNode, ValueNode } from "@humanwhocodes/momoa";
import { loadMomoa } from "./lazy.ts";
import type { Part, SourceFile, SourceText } from "./source-file.ts";

/** Finds places in JSON5 text. The position-keeping parser runs on the first question. */
export function json5Locator(source: SourceText): SourceFile["locate"] {
  let root: ValueNode | undefined | null = null;
  return (path, part = "value") => {
    if (root === null) root = treeOf(source);
    return positionOf(source.file, root === undefined ? undefined : find(root, { path, part }));
  };
}

/** The syntax tree, or undefined where the position-keeping parser does not read what json5 reads. */
export function treeOf({ text }: SourceText): ValueNode | undefined {
  try {
    return loadMomoa().parse(text, { mode: "json5", ranges: true }).body;
  } catch {
    return undefined;
  }
}

export function keyOf({ name }: MemberNode): string {
  return name.type === "Identifier" ? name.name : name.value;
}

/** The last member of that name: json5 keeps the last. */
export function memberOf(node: ValueNode, key: string): MemberNode | undefined {
  return node.type === "Object" ? node.members.findLast((member) => keyOf(member) === key) : undefined;
}

type Loc = ValueNode["loc"];

function find(root: ValueNode, { path, part }: { path: KeyPath; part: Part }): Loc {
  let node = root;
  let loc = node.loc;
  for (const key of path) {
    const member = memberOf(node, key);
    const next = member?.value ?? (node.type === "Array" ? node.elements[Number(key)]?.value : undefined);
    if (next === undefined) return loc;
    loc = member !== undefined && part === "key" ? member.name.loc : next.loc;
    node = next;
  }
  return loc;
}

function positionOf(file: string, loc: Loc | undefined): Position {
  if (loc === undefined) return { file, line: 1, column: 1 };
  const { start, end } = loc;
  const length = start.line === end.line ? { length: end.column - start.column } : {};
  return { file, line: start.line, column: start.column, ...length };
}

/** The first key that its map has already. */
export function duplicateIn(source: SourceText): { key: string; position: Position } {
  const root = treeOf(source);
  const member = root === undefined ? undefined : repeated(root);
  return { key: member === undefined ? "?" : keyOf(member), position: positionOf(source.file, member?.name.loc) };
}

function repeated(node: ValueNode): MemberNode | undefined {
  if (node.type === "Array") return first(node.elements, (element) => repeated(element.value));
  if (node.type !== "Object") return undefined;
  const seen = new Set<string>();
  return first(node.members, (member) => {
    if (seen.has(keyOf(member))) return member;
    seen.add(keyOf(member));
    return repeated(member.value);
  });
}

function first<T, R>(items: readonly T[], found: (item: T) => R | undefined): R | undefined {
  for (const item of items) {
    const result = found(item);
    if (result !== undefined) return result;
  }
  return undefined;
}
