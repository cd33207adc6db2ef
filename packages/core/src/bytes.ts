import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

/** Lower-case hex. */
export function sha256(data: string | Uint8Array): string {
  // Node needs 5 ms to load it, which whoever hashes nothing need not wait for.
  const { createHash } = require("node:crypto") as typeof import("node:crypto");
  return createHash("sha256").update(data).digest("hex");
}

/** Order of UTF-8 bytes, as `LC_ALL=C sort` has it; never the locale's. */
export function compareBytes(a: string, b: string): number {
  // UTF-16 and UTF-8 have one order but for characters that take two units.
  if (PAIRS.test(a) || PAIRS.test(b)) return Buffer.compare(Buffer.from(a), Buffer.from(b));
  return a === b ? 0 : a < b ? -1 : 1;
}

const PAIRS = /[\ud800-\udfff]/;

/** Bytes as messages show them where they are no UTF-8: ASCII as it is, `\xff` for the rest. */
export function escapedBytes(bytes: Uint8Array): string {
  const text = Buffer.from(bytes).toString("latin1");
  return text.replace(/[^ -~]/g, (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`);
}
