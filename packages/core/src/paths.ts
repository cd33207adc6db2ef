import { FacsimileError } from "./errors.ts";

/** A place in a tree of values: `["hosts", "db1.eu", "port"]`. */
export type KeyPath = readonly string[];

const PLAIN = /^[A-Za-z0-9_$@:-]+/;
const QUOTED = /^"(?:[^"\\]|\\.)*"/;

/**
 * Reads the one grammar of key paths: keys joined by dots, a key with other characters in JSON quotes:
 * `hosts."db1.eu".port`.
 *
 * @throws `BAD_PATH` with the column of the first character that fits nothing.
 */
export function parsePath(text: string): KeyPath {
  const keys: string[] = [];
  let rest = text;
  for (;;) {
    const [key] = QUOTED.exec(rest) ?? PLAIN.exec(rest) ?? [];
    if (key === undefined) throw badPath(text, rest);
    keys.push(unquote(key, text));
    rest = rest.slice(key.length);
    if (rest === "") return keys;
    if (!rest.startsWith(".")) throw badPath(text, rest);
    rest = rest.slice(1);
  }
}

/** The text that {@link parsePath} reads back. */
export function formatPath(path: KeyPath): string {
  return path.map((key) => (PLAIN.exec(key)?.[0] === key ? key : JSON.stringify(key))).join(".");
}

function unquote(key: string, text: string): string {
  if (!key.startsWith('"')) return key;
  try {
    return JSON.parse(key) as string;
  } catch (cause) {
    throw new FacsimileError("BAD_PATH", `${text}: ${key} is not a quoted key`, { cause });
  }
}

function badPath(text: string, rest: string): FacsimileError {
  const column = text.length - rest.length + 1;
  return new FacsimileError("BAD_PATH", `${JSON.stringify(text)} is not a path of keys (column ${column})`, {
    hint: 'Join keys by dots; put a key that holds a dot in quotes: hosts."db1.eu".port',
  });
}
