import { createRequire } from "node:module";
import type * as Yaml from "yaml";

/** `value` as YAML on its own lines, the last without its end. */
export function toYaml(value: unknown): string {
  // Asked for as CommonJS, because filters are synchronous; loaded by the first template that needs it.
  const { stringify } = createRequire(import.meta.url)("yaml") as typeof Yaml;
  return stringify(value, OPTIONS).replace(/\n$/, "");
}

const OPTIONS = {
  // "yes", "1:30" and their like are quoted: texts to YAML 1.2, and something else to readers of 1.1.
  compat: "yaml-1.1",
  // A text stays on its line, whatever it holds: the result can be indented, and its lines joined, without a change to it.
  blockQuote: false,
  lineWidth: 0,
  doubleQuotedMinMultiLineLength: Number.MAX_SAFE_INTEGER,
  aliasDuplicateObjects: false,
} as const;
