import { FacsimileError, isFacsimileError, type KeyPath, parsePath } from "@facsimile/core";

/** A path for {@link covers}: some of its keys may stand for any. */
export interface PathPattern {
  readonly text: string;
  readonly keys: KeyPath;
}

/** Stands for any key; nobody can write it as one. */
const ANY = "*\0";

/** Reads a path in which a bare `*` stands for one key; `"*"` in quotes is a key of that name. @throws `BAD_PATH` */
export function parsePattern(text: string): PathPattern {
  const withoutStars = text.replace(/"(?:[^"\\]|\\.)*"|(?<![^.])\*(?![^.])/g, (part) =>
    part === "*" ? JSON.stringify(ANY) : part,
  );
  try {
    return { text, keys: parsePath(withoutStars) };
  } catch (cause) {
    if (!isFacsimileError(cause, "BAD_PATH")) throw cause;
    throw new FacsimileError("BAD_PATH", `${JSON.stringify(text)} is not a path of keys`, {
      cause,
      hint: 'Join keys by dots, * stands for one: regions.*.url. Quote a key that holds a dot: hosts."db1.eu".',
    });
  }
}

/** Whether the pattern is the path, or one above it. */
export function covers({ keys }: PathPattern, path: KeyPath): boolean {
  return keys.length <= path.length && agree(keys, path);
}

/** Whether the pattern leads on from the path, to what would lie beneath it. */
export function leadsOn({ keys }: PathPattern, path: KeyPath): boolean {
  return keys.length > path.length && agree(keys, path);
}

function agree(keys: KeyPath, path: KeyPath): boolean {
  return keys.slice(0, path.length).every((key, index) => key === ANY || key === path[index]);
}
