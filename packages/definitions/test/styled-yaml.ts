import { stringify } from "yaml";
import type { Value } from "../src/value.ts";
import type { Roll } from "./styled.ts";

/** A value as the yaml package writes it with options, and with comments, as the dice fall. */
export function styledYaml(value: Value, roll: Roll): string {
  const text = stringify(value, {
    indent: 2 + roll(3),
    indentSeq: roll(2) === 0,
    collectionStyle: (["any", "any", "block", "flow"] as const)[roll(4)] ?? "any",
    defaultStringType: (["PLAIN", "PLAIN", "QUOTE_DOUBLE", "QUOTE_SINGLE"] as const)[roll(4)] ?? "PLAIN",
    singleQuote: roll(2) === 0,
    flowCollectionPadding: roll(2) === 0,
    blockQuote: ([true, "folded", "literal", false] as const)[roll(4)] ?? true,
    aliasDuplicateObjects: false,
    doubleQuotedAsJSON: true,
    lineWidth: roll(3) === 0 ? 40 : 0,
  });
  const eol = roll(3) === 0 ? "\r\n" : "\n";
  const lines = withComments(text.split("\n"), roll);
  const end = roll(5) === 0 ? lines.slice(0, -1) : lines;
  return `${roll(6) === 0 ? "\ufeff" : ""}${roll(5) === 0 ? `---${eol}` : ""}${end.join(eol)}`;
}

function withComments(lines: readonly string[], roll: Roll): readonly string[] {
  let comments = 0;
  return lines.flatMap((line) => {
    if (line === "") return [line];
    const above = roll(6) === 0 ? [`${/^ */.exec(line)?.[0]}# «${++comments}»`] : [];
    const apart = roll(6) === 0 ? [""] : [];
    return [...apart, ...above, roll(6) === 0 ? `${line} # «${++comments}»` : line];
  });
}
