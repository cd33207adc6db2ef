// What most files hold: comments, keys without quotes, strings without unusual escapes, plain numbers, punctuation.
const TOKEN =
  /(?:[ \t\n\r]+|\/\/[^\n\r\u2028\u2029]*|\/\*[^*]*\*+(?:[^/*][^*]*\*+)*\/)|("(?:[^"\\\n\r\u2028\u2029\0-\x1f]|\\["\\/bfnrt])*")|'((?:[^'"\\\n\r\u2028\u2029\0-\x1f])*)'|([A-Za-z_$][A-Za-z0-9_$]*|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?(?![\w.$])|[{}[\],:])/y;

/**
 * The same in JSON, which is read many times faster, for a text that is written as most are; undefined for others. It is no
 * JSON where json5 would object, and may be none where json5 would not: then json5 reads the text.
 */
export function plainJson(text: string): string | undefined {
  const parts: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const found = TOKEN.exec(text);
    if (found === null) return undefined;
    const [, double, single, other] = found;
    const part = double ?? (single === undefined ? other : `"${single}"`);
    if (part !== undefined) add(part, parts);
  }
  return parts.join(" ");
}

/** Whether a name is a key, and a comma the last of its list, is known by what comes next. */
function add(part: string, parts: string[]): void {
  const last = parts.at(-1) ?? "";
  if (part === ":" && NAME.test(last)) parts[parts.length - 1] = `"${last}"`;
  const ends = part === "}" || part === "]";
  if (ends && last === "," && !OPENING.has(parts.at(-2) ?? "")) parts.pop();
  parts.push(part);
}

const NAME = /^[A-Za-z_$]/;
const OPENING: ReadonlySet<string> = new Set(["{", "[", ",", ""]);
