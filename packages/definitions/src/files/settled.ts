import type { Value } from "../value.ts";
import { isForbidden } from "./plain.ts";

// An escape, a control character or half of a pair may put into a key or a text what no definition may hold.
const ODD = /[\\\0-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]/;

/**
 * What a text of JSON holds, frozen at every depth; undefined where it needs a closer look: it may be no JSON, write a key
 * twice or hold what a definition may not.
 */
export function settledJson(json: string, maxDepth: number): Value | undefined {
  if (ODD.test(json)) return undefined;
  const value = parsed(json);
  // Every member has a quote before its colon, and a text may have more of these: with as many, no key was lost.
  return value !== undefined && settle(value, maxDepth - 1) === (json.match(COLON)?.length ?? 0) ? value : undefined;
}

const COLON = /"[ \n\r]*:/g;

function parsed(json: string): Value | undefined {
  try {
    return JSON.parse(json) as Value;
  } catch {
    return undefined;
  }
}

/** Freezes `value` and counts the members of its maps; NaN where something in it needs a closer look. */
function settle(value: Value, levels: number): number {
  if (typeof value === "number") return isSound(value) ? 0 : Number.NaN;
  if (typeof value !== "object" || value === null) return 0;
  if (levels < 0) return Number.NaN;
  Object.freeze(value);
  let members = 0;
  if (Array.isArray(value)) {
    for (const item of value) members += settle(item, levels - 1);
    return members;
  }
  for (const key in value) {
    members += isForbidden(key) ? Number.NaN : 1 + settle((value as Record<string, Value>)[key] as Value, levels - 1);
  }
  return members;
}

function isSound(value: number): boolean {
  if (Number.isInteger(value)) return Number.isSafeInteger(value) && !Object.is(value, -0);
  return Number.isFinite(value);
}
