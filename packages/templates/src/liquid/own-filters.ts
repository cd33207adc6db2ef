import { compareBytes, isSecret } from "@facsimile/core";
import { toValue } from "liquidjs";
import { Fault } from "../problems.ts";
import { utcDate } from "./date.ts";
import type { Filter, FilterThis } from "./filter.ts";
import { printed, textOf } from "./values.ts";
import { toYaml } from "./yaml.ts";

/** The filters that LiquidJS lacks, or has otherwise. */
export const ours: Readonly<Record<string, Filter>> = {
  /** Indented by that many blanks, at most 10; default: on one line. Secrets within a map or list show as `[secret]`. */
  json(value, width = 0) {
    return bounded(this, JSON.stringify(toValue(value) ?? null, null, wholeNumber(width, "json")));
  },

  /** YAML 1.2 that readers of 1.1 take alike, without an end of line. Secrets within a map or list show as `[secret]`. */
  yaml(value) {
    return bounded(this, toYaml(toValue(value) ?? null));
  },

  /** One word of a POSIX shell. */
  sh: (value) => `'${without(value, { what: "sh", bad: /\0/ }).replaceAll("'", "'\\''")}'`,

  /** A literal of standard SQL, where a backslash is an ordinary character. */
  sql(value) {
    const plain: unknown = toValue(value);
    if (plain === null || plain === undefined) return "NULL";
    if (typeof plain === "boolean") return plain ? "TRUE" : "FALSE";
    if (typeof plain === "number") return String(plain);
    return `'${without(value, { what: "sql", bad: /\0/ }).replaceAll("'", "''")}'`;
  },

  /** A quoted identifier of standard SQL. */
  sql_id: (value) => `"${without(value, { what: "sql_id", bad: /\0|^$/ }).replaceAll('"', '""')}"`,

  /** The value itself, which must fit on one line. */
  ini: (value) => without(value, { what: "ini", bad: /[\0\r\n]/ }),

  /** `[key, value]` for each entry of a map, in its order. */
  pairs: (value) => Object.entries(mapOf(value, "pairs")),

  /** `[key, value]` for each entry of a map, sorted by the bytes of its key. */
  dictsort: (value) => Object.entries(mapOf(value, "dictsort")).sort(([a], [b]) => compareBytes(a, b)),

  /** The value, which must be there and not empty; the argument says why. */
  required(value, why = "it must have a value") {
    const plain: unknown = toValue(value);
    if (plain === null || plain === undefined || plain === "") throw refused("required", textOf(why));
    return value;
  },

  /** Blanks before every line but the first (`true`: the first too) and empty ones. Default 4. */
  indent(value, width = 4, first = false) {
    const text = textOf(value);
    const blanks = wholeNumber(width, "indent");
    this.context.memoryLimit.use(text.length + blanks * text.split("\n").length);
    return text.replace(first === true ? /(?<=^|\n)(?=[^\r\n])/g : /(?<=\n)(?=[^\r\n])/g, " ".repeat(blanks));
  },

  b64: (value) => Buffer.from(textOf(value)).toString("base64"),

  regex_escape: (value) => textOf(value).replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&"),

  /** As LiquidJS has it, but secrets are revealed and maps refused. */
  join(value, separator = " ") {
    const list: unknown[] = Array.isArray(value) ? value : [value];
    this.context.memoryLimit.use(list.length);
    const text = list.map((item) => printed(item, this.context.session)).join(textOf(separator));
    this.context.memoryLimit.use(text.length);
    return text;
  },

  date(value, format) {
    return bounded(this, utcDate(value, format === undefined ? undefined : textOf(format)));
  },
};

function bounded({ context }: FilterThis, text: string): string {
  context.memoryLimit.use(text.length);
  return text;
}

function wholeNumber(value: unknown, filter: string): number {
  const number = Number(toValue(value));
  if (Number.isInteger(number) && number >= 0) return number;
  throw refused(filter, "the width is no whole number of blanks");
}

function without(value: unknown, { what, bad }: { what: string; bad: RegExp }): string {
  const text = textOf(value);
  if (bad.test(text)) throw refused(what, "the value holds a character that cannot be written there, or is empty");
  return text;
}

function mapOf(value: unknown, filter: string): object {
  if (typeof value === "object" && value !== null && !Array.isArray(value) && !isSecret(value)) return value;
  throw refused(filter, "it is for maps");
}

function refused(filter: string, why: string): Fault {
  return new Fault("TEMPLATE_VALUE", `${filter}: ${why}`);
}
