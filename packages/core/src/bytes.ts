import { createHash } from "node:crypto";

/** Lower-case hex. */
export function sha256(data: string | Uint8Array): string {
  return createHash("sha256").update(data).digest("hex");
}

/** Order of UTF-8 bytes, as `LC_ALL=C sort` has it; never the locale's. */
export function compareBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
