import { isDeepStrictEqual } from "node:util";
import { isFacsimileError, problemsOf } from "@facsimile/core";
import { expect, it, vi } from "vitest";
import { loadJson5, loadYaml } from "../src/files/lazy.ts";
import { parseSource } from "../src/files/source-file.ts";
import { CORPUS } from "./corpus.ts";
import { mutated, randomFrom } from "./mutate.ts";

/** What each format's own package makes of a text. */
const REFERENCE: Readonly<Record<string, (text: string) => unknown>> = {
  json: (text) => JSON.parse(text),
  json5: (text) => loadJson5().parse(text),
  yaml: (text) => {
    const document = loadYaml().parseDocument(text, { merge: true, stringKeys: true, prettyErrors: false });
    const [problem] = [...document.errors, ...document.warnings];
    if (problem !== undefined) throw problem;
    return document.toJS({ maxAliasCount: -1 }) ?? {};
  },
};

/** What the packages take and a definition does not: it is no plain data, or has no one meaning. */
const REFUSED = ["DUPLICATE_KEY", "FORBIDDEN_KEY", "FILE_TOO_DEEP", "INVALID_VALUE"];
const REFUSED_YAML = /^cannot be read: Unresolved tag|^the alias \S+ stands inside of its own anchor|^YAML 1\.1/;

it.each(Object.keys(REFERENCE))("of %s: whatever is read means what the format's own package says", (format) => {
  // json5 prints where it meets U+2028.
  const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
  const random = randomFrom(1);
  for (let count = 0; count < 5000; count++) {
    const text = mutated(CORPUS[format] ?? [], random).replace(/^\ufeff/, "");
    const [ours, reference] = [
      attempt(() => parseSource({ file: `x.${format}`, text }).value),
      attempt(() => REFERENCE[format]?.(text)),
    ];
    if (!agree(ours, reference)) expect({ ours, text }).toEqual({ ours: reference, text });
  }
  warn.mockRestore();
});

type Attempt = { readonly value: unknown } | { readonly error: unknown };

function attempt(work: () => unknown): Attempt {
  try {
    return { value: work() };
  } catch (error) {
    return { error };
  }
}

function agree(ours: Attempt, reference: Attempt): boolean {
  if ("value" in ours) return "value" in reference && isSame(ours.value, reference.value);
  if ("error" in reference) return true;
  if (!isFacsimileError(ours.error)) return false;
  return problemsOf(ours.error).every(({ code, message }) => REFUSED.includes(code) || REFUSED_YAML.test(message));
}

/** Equal, also in the order of keys; -0 is 0. */
function isSame(ours: unknown, reference: unknown): boolean {
  const [left, right] = [JSON.stringify(ours), JSON.stringify(reference)];
  return left === right && isDeepStrictEqual(ours, JSON.parse(right ?? "null"));
}
