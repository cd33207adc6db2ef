import { formatPath, isFacsimileError, type KeyPath, parsePath } from "@facsimile/core";
import { isList, isMap, isSecretRef, type Value, type ValueMap, valueAt } from "../value.ts";

/** The paths that `value`, as written, refers to: `${home}` anywhere in it. What is no path is passed over. */
export function referencesIn(value: Value | undefined): readonly KeyPath[] {
  if (typeof value === "string") return referencesInText(value);
  if (isList(value)) return value.flatMap(referencesIn);
  return isMap(value) && !isSecretRef(value) ? Object.values(value).flatMap(referencesIn) : [];
}

/** The path where what gives the value at `path` is written: above it, where a reference stands in for a map. */
export function writtenAt(path: KeyPath, written: ValueMap): KeyPath {
  if (valueAt(written, path) !== undefined) return path;
  const above = path.findIndex((_, index) => typeof valueAt(written, path.slice(0, index + 1)) === "string");
  return above < 0 ? path : path.slice(0, above + 1);
}

/** What the value at `path` is made of, through all references. */
export function dependenciesOf(path: KeyPath, written: ValueMap): readonly KeyPath[] {
  const found = new Map<string, KeyPath>();
  const follow = (at: KeyPath) => {
    for (const reference of referencesIn(valueAt(written, writtenAt(at, written)))) {
      const id = formatPath(reference);
      if (found.has(id)) continue;
      found.set(id, reference);
      follow(reference);
    }
  };
  follow(path);
  return [...found.values()];
}

function referencesInText(text: string): readonly KeyPath[] {
  return [...text.matchAll(/\$\$\{|\$\{([^}]*)\}/g)].flatMap(([, reference]) =>
    reference === undefined || reference.startsWith("env:") ? [] : pathIn(reference),
  );
}

function pathIn(text: string): readonly KeyPath[] {
  try {
    return [parsePath(text)];
  } catch (error) {
    if (isFacsimileError(error, "BAD_PATH")) return [];
    throw error;
  }
}
