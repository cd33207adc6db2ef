import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

/** Longer ones are no patterns of people, and take long to compile. */
const MAX_LENGTH = 1000;

export type Pattern = { matches(text: string): boolean } | { readonly wrong: string };

/** A pattern that runs in linear time and may match anywhere in a text. Its engine is loaded for the first one. */
export function compilePattern(pattern: string): Pattern {
  if (pattern.length > MAX_LENGTH) return { wrong: `it is longer than ${MAX_LENGTH} characters` };
  const { RE2JS } = require("re2js") as typeof import("re2js");
  try {
    // JSON Schema writes patterns as JavaScript does: \u00e9, (?<name>…).
    const compiled = RE2JS.compile(RE2JS.translateRegExp(pattern));
    return { matches: (text) => compiled.test(text) };
  } catch (error) {
    const { name, message } = error as Error;
    if (!name.startsWith("RE2JS")) throw error;
    return { wrong: message.replace(/^error parsing regexp: /, "") };
  }
}
