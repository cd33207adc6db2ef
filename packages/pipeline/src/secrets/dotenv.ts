import { FacsimileError } from "@facsimile/core";

const LINE =
  /[^\S\n]*(?:export[^\S\n]+)?([\w.-]+)[^\S\n]*=[^\S\n]*(?:'([^']*)'|"((?:\\[\s\S]|[^"\\])*)"|([^\n'"][^\n]*|))[^\S\n]*(?:#[^\n]*)?(?:\n|$)/y;
const BLANK = /[^\S\n]*(?:#[^\n]*)?(?:\n|$)/y;

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t" };

/**
 * The values of a dotenv file: `NAME=value`, also with `export`; `'…'` as it is, `"…"` with `\n`, `\"` and the like, both
 * over several lines; without quotes up to the end of the line or ` #`. A `$` is a `$`: nothing is put in for it.
 *
 * @throws `FILE_SYNTAX`, `INVALID_VALUE` for an empty value, `DUPLICATE_KEY`
 */
export function parseDotenv({
  file,
  text,
}: {
  readonly file: string;
  readonly text: string;
}): ReadonlyMap<string, string> {
  const plain = text.replaceAll("\r\n", "\n");
  const found = new Map<string, string>();
  let at = 0;
  const take = (pattern: RegExp) => {
    pattern.lastIndex = at;
    const match = pattern.exec(plain);
    if (match !== null) at = pattern.lastIndex;
    return match;
  };
  while (at < plain.length) {
    const place = `${file}:${plain.slice(0, at).split("\n").length}`;
    if (take(BLANK) !== null) continue;
    const match = take(LINE);
    if (match === null) throw notDotenv(place);
    const [, name = "", single, double, bare = ""] = match;
    const value = single ?? (double === undefined ? bare.replace(/(?:^|\s)#.*$/, "").trim() : unescaped(double));
    if (value === "") throw new FacsimileError("INVALID_VALUE", `${place}: ${name} has no value`, { hint: "Give it one, or take the line out." }); // biome-ignore format: one line
    if (found.has(name)) throw new FacsimileError("DUPLICATE_KEY", `${place}: ${name} stands twice`, { hint: "Take one of them out." }); // biome-ignore format: one line
    found.set(name, value);
  }
  return found;
}

function unescaped(text: string): string {
  return text.replace(/\\([\s\S])/g, (_, letter: string) => ESCAPES[letter] ?? letter);
}

function notDotenv(place: string): FacsimileError {
  return new FacsimileError("FILE_SYNTAX", `${place}: not a line of a dotenv file`, {
    hint: "Write NAME=value, NAME='value' or a comment that begins with #.",
  });
}
