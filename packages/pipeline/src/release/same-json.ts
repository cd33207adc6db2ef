import { isDeepStrictEqual } from "node:util";

/** Whether two values are written as the same JSON, whatever the order of their keys: what is undefined counts for nothing. Pure. */
export function isSameJson(a: unknown, b: unknown): boolean {
  const [written, other] = [a, b].map((value) => JSON.parse(JSON.stringify(value)) as unknown);
  return isDeepStrictEqual(written, other);
}
