import { isFacsimileError, type KeyPath, parsePath } from "@facsimile/core";
import { HIDDEN, isSensitive, masked, type SensitiveOptions } from "../compare/masked.ts";
import { isList, isMap, isSecretRef, type Value } from "../value.ts";
import { readValue } from "./set.ts";

/** Whether what `--set` says is a secret in clear, or holds one; also where it cannot be read. */
export function isSecretSet(text: string, options: SensitiveOptions = {}): boolean {
  const { path, value } = readSet(text);
  if (path === undefined) return true;
  return !isSecretRef(value) && (isSensitive(path, options) || masked(value, { path, ...options }) !== value);
}

/**
 * The secrets in clear that `--set` gives, as commands may print them: each as it is read, also within maps and lists, and
 * what is one as a whole as it was typed, too.
 */
export function secretsInSet(text: string, options: SensitiveOptions = {}): readonly string[] {
  if (!isSecretSet(text, options)) return [];
  const { path, value, typed } = readSet(text);
  if (path === undefined) return [typed];
  const whole = isSensitive(path, options) ? [typed] : [];
  return [...new Set([...whole, ...hiddenTexts(value, { path, ...options })])];
}

interface ReadSet {
  /** Undefined where the text has none. */
  readonly path: KeyPath | undefined;
  readonly value: Value;
  readonly typed: string;
}

function readSet(text: string): ReadSet {
  const equals = text.indexOf("=");
  const typed = text.slice(equals + 1);
  try {
    const path = parsePath(text.slice(0, equals));
    return { path, value: readValue(path, typed), typed };
  } catch (error) {
    if (isFacsimileError(error, "BAD_PATH")) return { path: undefined, value: typed, typed };
    throw error;
  }
}

function hiddenTexts(value: Value, options: SensitiveOptions & { readonly path: KeyPath }): readonly string[] {
  if (masked(value, options) === HIDDEN) return textsIn(value);
  if (isSecretRef(value) || !(isMap(value) || isList(value))) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    hiddenTexts(inner, { ...options, path: [...options.path, key] }),
  );
}

function textsIn(value: Value): readonly string[] {
  return isMap(value) || isList(value) ? Object.values(value).flatMap(textsIn) : [String(value)];
}
