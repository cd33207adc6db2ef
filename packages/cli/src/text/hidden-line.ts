import { isSensitive } from "@facsimile/definitions";

// `password: "x"`, `"api-key": 'x'` and, in YAML, `token: x`; `$secret: "name"` is no secret.
const QUOTED = /(?<![\w$.-])(["']?)([\w.-]+)\1(\s*:\s*)(["'])((?:\\.|(?!\4).)*)\4/g;
const PLAIN = /^(\s*(?:- )?)([\w.-]+)(:\s+)([^\s"'{[&*|>#].*)$/;
const KEY = /(?<![\w$.\-"'])(["']?)([\w.-]+)\1\s*:(?:\s+|$|(?=["'`{[]))/g;
/** A text that ends on its line, and behind it nothing that belongs to it; or no value at all. */
const WHOLE = /^(?:(["'])\**\1\s*(?:[,}\]#].*|\/\/.*)?)?$/;
/** What a directive or a key does not follow; also one without its end. */
const TEXTS = /(\$[\w-]+["']?\s*:\s*)?(["'`])((?:\\.|(?!\2).)*)(\2(\s*:)?|$)/g;

/** Lines of a definition from its first one on, with stars, as many, in the place of secrets that stand in clear. */
export function hiddenLines(lines: readonly string[]): readonly string[] {
  let within: number | undefined;
  return lines.map((line) => {
    const indent = line.search(/\S/);
    if (within !== undefined && (indent < 0 || indent > within)) return hiddenPart(line);
    within = opens(line) ? indent : undefined;
    return hiddenLine(line);
  });
}

export function hiddenLine(line: string): string {
  const quoted = line.replace(QUOTED, (all, edge: string, key: string, colon: string, quote: string, text: string) =>
    isSensitive([key]) ? `${edge}${key}${edge}${colon}${quote}${stars(text)}${quote}` : all,
  );
  const plain = quoted.replace(PLAIN, (all, start: string, key: string, colon: string, text: string) =>
    isSensitive([key]) ? `${start}${key}${colon}${stars(text)}` : all,
  );
  const at = sensitiveAt(plain).find((end) => !WHOLE.test(plain.slice(end)));
  return at === undefined ? plain : plain.slice(0, at) + hiddenValue(plain.slice(at));
}

/** A map says what a secret is to be, unless it holds texts; anything else may be one, also where its syntax is wrong. */
function hiddenValue(value: string): string {
  return value.startsWith("{") ? hiddenTexts(value) : value.replace(/[^\s*]/g, "*");
}

/** A line of a value that began above it. */
function hiddenPart(line: string): string {
  return /[\w"']\s*:(?:\s|$)/.test(line) ? hiddenTexts(line) : line.replace(/[^\s*[\]{},]/g, "*");
}

function hiddenTexts(value: string): string {
  return value.replace(TEXTS, (all, directive: string | undefined, quote: string, text: string, end: string, colon: string | undefined) =>
    directive !== undefined || colon !== undefined ? all : `${quote}${stars(text)}${end}`,
  ); // biome-ignore format: one call
}

/** Where the values of sensitive keys begin. */
function sensitiveAt(line: string): number[] {
  return [...line.matchAll(KEY)].flatMap(({ 0: all, 2: key = "", index }) => (isSensitive([key]) ? [index + all.length] : [])); // biome-ignore format: one line
}

/** Whether the last value on a line is of a sensitive key, and goes on below. */
function opens(line: string): boolean {
  return sensitiveAt(line).some((at) =>
    /^(?:[|>][-+\d]*|.*[[{(,]|(["'`])(?:\\.|(?!\1).)*)?$/.test(line.slice(at).trimEnd()),
  );
}

function stars(text: string): string {
  return "*".repeat(text.length);
}
