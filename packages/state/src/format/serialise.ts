import { compareBytes } from "@facsimile/core";
import type { Section, StateDocument } from "./document.ts";

type Node = string | number | boolean | readonly string[] | ReadonlyMap<string, Node>;

/**
 * The one text of a document: two blanks of indentation, one leaf a line, the format's own keys in its order, entries
 * with names of the user's own sorted by UTF-8 bytes, a newline at the end.
 */
export function serialise(document: StateDocument): Uint8Array {
  const { id, scope, values, settings, instances, keys, seal } = document;
  const root = record({
    facsimile: "state/1",
    id,
    scope,
    values: new Map([...sectionNode(values), ["overlay", entries(values.overlay, sectionNode)]]),
    settings: entries(settings, (value) => value),
    instances: entries(instances, ({ uiid }) => record({ uiid })),
    keys: record({ recipients: keys.recipients, message: keys.message }),
    seal: record({ serial: seal.serial, parents: seal.parents, signer: seal.signer, signature: seal.signature }),
  });
  return Buffer.from(`${print(root, "")}\n`);
}

/** What the signature is over: the file with an empty one. */
export function signedBytes(document: StateDocument): Uint8Array {
  return serialise({ ...document, seal: { ...document.seal, signature: [] } });
}

function sectionNode({ passwd, secrets }: Section): Map<string, Node> {
  return new Map([
    ["passwd", entries(passwd, (leaf) => leaf)],
    ["secrets", entries(secrets, (leaf) => leaf)],
  ]);
}

function record(fields: Readonly<Record<string, Node>>): ReadonlyMap<string, Node> {
  return new Map(Object.entries(fields));
}

function entries<T>(map: ReadonlyMap<string, T>, node: (value: T) => Node): ReadonlyMap<string, Node> {
  return new Map([...map].sort(([a], [b]) => compareBytes(a, b)).map(([name, value]) => [name, node(value)]));
}

// A map, not an object, because objects put keys such as "10" first, whatever the order they were added in.
function print(node: Node, indent: string): string {
  if (typeof node !== "object") return JSON.stringify(node);
  const inner = `${indent}  `;
  if (isList(node)) return block("[]", node.map((item) => inner + JSON.stringify(item)), indent); // biome-ignore format: one line
  const lines = [...node].map(([name, value]) => `${inner}${JSON.stringify(name)}: ${print(value, inner)}`);
  return block("{}", lines, indent);
}

function block(brackets: "[]" | "{}", lines: readonly string[], indent: string): string {
  return lines.length === 0 ? brackets : `${brackets[0]}\n${lines.join(",\n")}\n${indent}${brackets[1]}`;
}

function isList(node: Node): node is readonly string[] {
  return Array.isArray(node);
}
