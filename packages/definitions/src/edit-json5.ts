import type { KeyPath } from "@facsimile/core";
import type { MemberNode, ObjectNode, ValueNode } from "@humanwhocodes/momoa";
import { memberOf, treeOf } from "./json5-positions.ts";
import type { SourceText } from "./source-file.ts";

interface Change {
  readonly path: KeyPath;
  readonly version: string;
}

/** The text with `path` set, in the style of what stands around it; undefined where that is not a map. */
export function setInJson5(source: SourceText, { path, version }: Change): string | undefined {
  let node = treeOf(source);
  for (const [index, key] of path.entries()) {
    if (node?.type !== "Object") return undefined;
    const member = memberOf(node, key);
    if (member === undefined) return insert(source, { node, path: path.slice(index), version });
    node = member.value;
  }
  if (node === undefined || node.type === "Object" || node.type === "Array") return undefined;
  const [start, end] = rangeOf(node);
  const quote = source.text[start] === "'" ? "'" : '"';
  return splice(source.text, { start, end, by: `${quote}${version}${quote}` });
}

interface Insertion extends Change {
  readonly node: ObjectNode;
}

/** How the members of a map are written. */
interface Style {
  readonly eol: string;
  /** Before each member; undefined where the map is written in one line. */
  readonly indent: string | undefined;
  /** One level more. */
  readonly unit: string;
  readonly trailing: boolean;
  readonly quoteKey: string;
  readonly quoteValue: string;
}

function insert(source: SourceText, { node, path, version }: Insertion): string {
  const { text } = source;
  const last = node.members.at(-1);
  const style = styleOf(source, { node, last });
  const member = memberText({ path, version }, style);
  if (last === undefined) return insertFirst(text, { node, member, style });

  const [, end] = rangeOf(last);
  const comma = skipTrivia(text, end);
  const hasComma = text[comma] === ",";
  const after = hasComma ? comma + 1 : end;
  if (style.indent === undefined) {
    const by = hasComma ? ` ${member},` : `, ${member}`;
    return splice(text, { start: after, end: after, by });
  }
  // A comment behind the last member stays behind it.
  const lineEnd = after + (/^[ \t]*(?:\/\/[^\n\r]*|\/\*[^\n\r]*?\*\/)?/.exec(text.slice(after))?.[0].length ?? 0);
  const by = `${style.eol}${style.indent}${member}${hasComma ? "," : ""}`;
  const inserted = splice(text, { start: lineEnd, end: lineEnd, by });
  return hasComma ? inserted : splice(inserted, { start: end, end, by: "," });
}

function insertFirst(
  text: string,
  { node, member, style }: { node: ObjectNode; member: string; style: Style },
): string {
  const [start, end] = rangeOf(node);
  const close = end - 1;
  if (style.indent === undefined) return splice(text, { start: start + 1, end: close, by: ` ${member} ` });
  const lineStart = text.lastIndexOf("\n", close) + 1;
  const comma = style.trailing ? "," : "";
  return splice(text, { start: lineStart, end: lineStart, by: `${style.indent}${member}${comma}${style.eol}` });
}

function memberText({ path: [key = "", ...rest], version }: Change, style: Style): string {
  const name = `${style.quoteKey === "" && /^[A-Za-z_$][\w$]*$/.test(key) ? key : quoted(key, style.quoteKey)}: `;
  if (rest.length === 0) return `${name}${quoted(version, style.quoteValue)}`;
  if (style.indent === undefined) return `${name}{ ${memberText({ path: rest, version }, style)} }`;
  const inner = memberText({ path: rest, version }, { ...style, indent: style.indent + style.unit });
  const comma = style.trailing ? "," : "";
  return `${name}{${style.eol}${style.indent}${style.unit}${inner}${comma}${style.eol}${style.indent}}`;
}

function quoted(text: string, quote: string): string {
  return `${quote || '"'}${text}${quote || '"'}`;
}

function styleOf(
  { file, text }: SourceText,
  { node, last }: { node: ObjectNode; last: MemberNode | undefined },
): Style {
  const json = file.endsWith(".json");
  const eol = text.includes("\r\n") ? "\r\n" : "\n";
  const [start, end] = rangeOf(node);
  const outer = indentOf(text, start);
  const lines =
    last === undefined ? text.slice(start, end).includes("\n") : text.slice(start, rangeOf(last)[0]).includes("\n");
  const own = last === undefined ? `${outer}  ` : indentOf(text, rangeOf(last)[0]);
  const unit = own.startsWith(outer) && own.length > outer.length ? own.slice(outer.length) : "  ";
  return {
    eol,
    indent: lines ? own : undefined,
    unit,
    trailing: !json && (last === undefined || text[skipTrivia(text, rangeOf(last)[1])] === ","),
    quoteKey: json ? '"' : quoteAt(text, last?.name),
    quoteValue: last?.value.type === "String" ? quoteAt(text, last.value) : '"',
  };
}

function quoteAt(text: string, node: ValueNode | MemberNode["name"] | undefined): string {
  const char = node === undefined ? "" : (text[rangeOf(node)[0]] ?? "");
  return char === '"' || char === "'" ? char : "";
}

function indentOf(text: string, offset: number): string {
  const lineStart = text.lastIndexOf("\n", offset - 1) + 1;
  return /^[ \t]*/.exec(text.slice(lineStart, offset))?.[0] ?? "";
}

/** The offset of the next character that is neither space nor comment. */
function skipTrivia(text: string, offset: number): number {
  return offset + (/^(?:\s|\/\/[^\n\r\u2028\u2029]*|\/\*[\s\S]*?\*\/)*/.exec(text.slice(offset))?.[0].length ?? 0);
}

function rangeOf({ range }: { range?: [number, number] }): [number, number] {
  if (range === undefined) throw new Error("the tree was parsed without ranges");
  return range;
}

function splice(text: string, { start, end, by }: { start: number; end: number; by: string }): string {
  return text.slice(0, start) + by + text.slice(end);
}
