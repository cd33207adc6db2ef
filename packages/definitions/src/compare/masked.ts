import { isFacsimileError, type KeyPath, type Position, parsePath } from "@facsimile/core";
import type { Definition, Host } from "../types.ts";
import { isList, isMap, isSecretRef, type Value, valueAt } from "../value.ts";

/** What is shown in the place of a secret. */
export const HIDDEN = "[hidden]";

export interface SensitiveOptions {
  /** Keys that the user declares to be secret, with all beneath them; `*` stands for any one. Default: none. */
  readonly secrets?: readonly KeyPath[] | undefined;
}

/**
 * Whether a text at `path` is to be taken for a secret: the path, or one above it, is declared to be one, or a key on the
 * way is called like one, as `db_password`, `apiKey` and `TOKENS` are. What hosts, projects and the like are called does
 * not count.
 */
export function isSensitive(path: KeyPath, options: SensitiveOptions = {}): boolean {
  return isDeclared(path, options) || path.some((key, index) => isCalledLikeSecret(key) && !isName(path, index));
}

/**
 * Whether a secret stands there in clear: a text that is not empty, or a list or map that holds one. A password may also
 * be a number, and what the user declares to be secret a number or a flag; a number at `tokens` is but their number.
 */
export function isClearSecret(
  { path, value }: { path: KeyPath; value: Value },
  options: SensitiveOptions = {},
): boolean {
  if (isDeclared(path, options)) return holds(value, ["string", "number", "boolean"]);
  return isSensitive(path) && holds(value, PASSWORD.test(path.at(-1) ?? "") ? ["string", "number"] : ["string"]);
}

function isDeclared(path: KeyPath, { secrets = [] }: SensitiveOptions): boolean {
  const isMeant = (key: string, index: number) => index < path.length && (key === "*" || path[index] === key);
  return secrets.some((secret) => secret.every(isMeant));
}

/** `secrets` are more than those that the definition's own schema declares. */
export interface ShownOptions extends SensitiveOptions {
  /** As this host sees it. Default: as {@link Definition.values} have it. */
  readonly host?: Host | undefined;
}

/** What a definition sets, fit to be shown, and where. */
export interface Shown {
  /** With {@link HIDDEN} for each secret that stands in clear; references to secrets stay. */
  readonly value: Value;
  /** The layer that set it last. */
  readonly layer: string;
  /** Undefined where no file holds it. */
  readonly position: Position | undefined;
}

/** What is set at `path`; undefined where nothing is. No text of it is a secret, nor made with one by `${…}`. */
export function shownAt(definition: Definition, path: KeyPath, options: ShownOptions = {}): Shown | undefined {
  const { host } = options;
  const values = host === undefined ? definition.values : definition.view(host);
  const value = valueAt(values as Value, path);
  if (value === undefined) return undefined;
  const origin = definition.origin(path, host);
  const written = (at: KeyPath) => definition.origin(at, host)?.value;
  return {
    value: masked(value, { secrets: [...definition.secrets, ...(options.secrets ?? [])], path, written }),
    layer: origin?.layer ?? "defaults",
    position: origin?.position,
  };
}

export interface MaskOptions extends SensitiveOptions {
  /** Where the value stands. */
  readonly path: KeyPath;
  /** What is written at a path, before interpolation. Default: nothing is known of it. */
  readonly written?: ((path: KeyPath) => Value | undefined) | undefined;
}

/** `value` with {@link HIDDEN} in the place of what is secret in it. The identical value where nothing is. */
export function masked(value: Value, options: MaskOptions): Value {
  if (isSecretRef(value)) return value;
  if (isMap(value)) {
    const entries = Object.entries(value).map(([key, inner]) => [key, maskedIn(inner, { ...options, key })] as const);
    return entries.every(([key, inner]) => inner === value[key]) ? value : Object.fromEntries(entries);
  }
  if (isClearSecret({ path: options.path, value }, options)) return HIDDEN;
  if (isList(value)) {
    const items = value.map((item, index) => maskedIn(item, { ...options, key: String(index) }));
    return items.every((item, index) => item === value[index]) ? value : items;
  }
  return typeof value === "string" && isMadeOfSecret(value, options) ? HIDDEN : value;
}

function maskedIn(value: Value, { key, ...options }: MaskOptions & { key: string }): Value {
  return masked(value, { ...options, path: [...options.path, key] });
}

function isMadeOfSecret(text: string, { path, written = () => undefined, secrets }: MaskOptions): boolean {
  // What interpolation left as it was holds no other value.
  if (text === "" || written(path) === text) return false;
  const seen = new Set<string>();
  const isSecret = (at: KeyPath): boolean => {
    const id = JSON.stringify(at);
    if (seen.has(id)) return false;
    seen.add(id);
    return isSensitive(at, { secrets }) || referencesAt(at, written).some(isSecret);
  };
  return referencesAt(path, written).some(isSecret);
}

/** The paths that the text at `path` refers to; where a reference stands above it, continued by the rest of the path. */
function referencesAt(path: KeyPath, written: (path: KeyPath) => Value | undefined): readonly KeyPath[] {
  for (let length = path.length; length > 0; length--) {
    const value = written(path.slice(0, length));
    if (typeof value === "string") return referencesIn(value).map((found) => [...found, ...path.slice(length)]);
  }
  return [];
}

function referencesIn(text: string): readonly KeyPath[] {
  return [...text.matchAll(/\$\$\{|\$\{([^}]*)\}/g)].flatMap(([, reference]) => {
    if (reference === undefined) return [];
    const [, variable] = /^env:(.*)$/.exec(reference) ?? [];
    return variable === undefined ? pathOf(reference) : [[variable]];
  });
}

// What stands in a literal need not be a path.
function pathOf(text: string): readonly KeyPath[] {
  try {
    return [parsePath(text)];
  } catch (error) {
    if (isFacsimileError(error, "BAD_PATH")) return [];
    throw error;
  }
}

function holds(value: Value, kinds: readonly string[]): boolean {
  if (typeof value !== "object") return kinds.includes(typeof value) && value !== "";
  return value !== null && !isSecretRef(value) && Object.values(value).some((inner) => holds(inner, kinds));
}

/** Words that end the name of a secret, wherever another word ends: not `tokenizer`, `secretary` or `passwordMinLength`. */
const LAST_WORD = /(?:^| )(?:(?:secret|token|credential)s?|pass|pwd)$/;
/** What no other word ends with, also as in `APIkey` and `dbpassword`. */
const ENDING = /(?:password|passwd|passphrase|(?:api|private|secret|access)key)s?$/;

const PASSWORD = /(?:password|passwd|passphrase)$/i;

function isCalledLikeSecret(key: string): boolean {
  const words = key.match(/\p{Lu}+(?!\p{Ll})|\p{Lu}?\p{Ll}+/gu) ?? [];
  return LAST_WORD.test(words.join(" ").toLowerCase()) || ENDING.test(words.join("").toLowerCase());
}

/** Maps whose keys are names that people gave to things. */
const NAMES: readonly KeyPath[] = [
  ["projects"],
  ["versions"],
  ["hosts"],
  ["regions"],
  ["deploy", "nodes"],
  ["modules"],
  ["service"],
  ["config"],
  ["state", "generate"],
];

function isName(path: KeyPath, index: number): boolean {
  return NAMES.some((map) => map.length === index && map.every((key, depth) => path[depth] === key));
}
