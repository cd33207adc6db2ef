import type { KeyPath } from "@facsimile/core";
import { HIDDEN, isClearSecret, isSensitive } from "../compare/masked.ts";
import { parseJson5 } from "../files/json5-file.ts";
import { Lines } from "../files/lines.ts";
import type { SourceText } from "../files/source-text.ts";
import { parseYaml } from "../files/yaml-file.ts";
import { type Conglomerate, defineRoot } from "../layers/conglomerate.ts";
import type { UserRename } from "../user-schema/renames.ts";
import { readUserSchema } from "../user-schema/user-schema.ts";
import { isList, isMap, isSecretRef, type Value } from "../value.ts";
import { spliced } from "./splice.ts";

/** The keys that the user's schema calls secret, by their old names too. */
export function declaredSecrets(conglomerate: Conglomerate): readonly KeyPath[] {
  const schema = defineRoot(conglomerate).schema();
  if (schema === undefined) return [];
  const { secrets, renames } = readUserSchema(schema, () => undefined);
  return [...secrets, ...secrets.flatMap((secret) => renames.flatMap((rename) => oldName(secret, rename)))];
}

/** The path as it was before the renaming; of a key that holds all of the new one, that key. */
function oldName(secret: KeyPath, { from, to }: UserRename): readonly KeyPath[] {
  const isMeant = to.slice(0, secret.length).every((key, index) => secret[index] === key);
  return isMeant ? [[...from, ...secret.slice(to.length)]] : [];
}

/** Where in a layer, as its file writes it, a secret stands in clear. What refers to another value is none. */
export function clearSecretPaths(layer: Value, secrets: readonly KeyPath[]): readonly KeyPath[] {
  const found: KeyPath[] = [];
  collect(layer, { at: [], path: [], secrets, found });
  return found;
}

interface Collecting {
  /** As the file writes it. */
  readonly at: KeyPath;
  /** As it is in a definition: without views and directives. */
  readonly path: KeyPath;
  readonly secrets: readonly KeyPath[];
  readonly found: KeyPath[];
}

function collect(value: Value, { at, path, ...rest }: Collecting): void {
  if (isSecretRef(value)) return;
  if (!isMap(value) && !isList(value)) {
    if (isClear(value, { path, secrets: rest.secrets })) rest.found.push(at);
    return;
  }
  for (const [key, inner] of Object.entries(value)) {
    if (key === "$delete" || key === "$mergeBy") continue;
    collect(inner, { ...rest, at: [...at, key], path: isOwn(key, { value, path }) ? [...path, key] : path });
  }
}

/** Whether the key leads on in the definition too, and belongs to no view and no directive. */
function isOwn(key: string, { value, path }: { value: object; path: KeyPath }): boolean {
  const isView = path.length === 0 && key.startsWith("@");
  return !isView && !key.startsWith("$") && !(key === "items" && "$mergeBy" in value);
}

/** What refers to another value is no secret; a password of digits alone reads as a number. */
function isClear(value: Value, { path, secrets }: Pick<Collecting, "path" | "secrets">): boolean {
  if (typeof value === "string" && /^\$\{[^}]*\}$/.test(value)) return false;
  if (isClearSecret({ path, value }, { secrets })) return true;
  const isPassword = /(?:pass(?:word|wd|phrase)?|pwd|secret)$/i.test(path.at(-1) ?? "");
  return typeof value === "number" && isPassword && isSensitive(path);
}

/** The text of a definition file, line for line, with {@link HIDDEN} in the place of each secret that stands in clear. */
export function withoutSecrets(source: SourceText, secrets: readonly KeyPath[]): string {
  const { file, text } = source;
  const parse = /\.json5?$/.test(file) ? parseJson5 : parseYaml;
  const { value, rangeOf } = parse(source, new Lines({ file, text }));
  const ranges = clearSecretPaths(value, secrets).map((path) => rangeOf(path, "value"));
  // What an alias repeats is written once.
  const once = new Map(ranges.map((range) => [range[0], range]));
  const splices = [...once.values()].map(([start, end]) => {
    return { start, end, by: text.slice(start, end).replace(/\S.*/g, HIDDEN) };
  });
  return spliced(text, splices);
}
