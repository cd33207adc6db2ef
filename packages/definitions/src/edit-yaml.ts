import type { KeyPath } from "@facsimile/core";
import { loadYaml } from "./lazy.ts";
import type { SourceText } from "./source-file.ts";
import { composeYaml } from "./yaml-file.ts";

/** The text with `path` set: an existing value in place, a new one through the document, which keeps comments. */
export function setInYaml(
  source: SourceText,
  { path, version }: { path: KeyPath; version: string },
): string | undefined {
  const { isScalar, isMap, stringify } = loadYaml();
  const { document } = composeYaml(source);
  const node: unknown = document.getIn(path, true);
  if (isScalar(node) && node.range != null) {
    const [start, end] = node.range;
    const quote = source.text[start] === "'" ? "'" : '"';
    const plain = !/["']/.test(source.text[start] ?? "");
    const by = plain ? stringify(version).trimEnd() : `${quote}${version}${quote}`;
    return source.text.slice(0, start) + by + source.text.slice(end);
  }
  for (let depth = 0; depth < path.length; depth++) {
    const outer: unknown = document.getIn(path.slice(0, depth), true);
    if (outer != null && !isMap(outer)) return undefined;
  }
  document.setIn(path, version);
  return document.toString({ lineWidth: 0 });
}
