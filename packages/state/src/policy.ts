import type { Random } from "./format/leaf.ts";

/** How a value is made. */
export type Policy =
  | "uuid"
  /** So many random bytes, in lower-case hex. */
  | { readonly hex: number }
  /** So many random bytes, in base64 (RFC 4648, with padding). */
  | { readonly base64: number }
  /** So many characters, each drawn from the alphabet. */
  | { readonly length: number; readonly alphabet: string };

/** Letters and digits. */
export const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/** What a leaf says of how its value came: a policy, or `given` by a person. */
export function policyText(policy: Policy): string {
  if (policy === "uuid") return "uuid";
  if ("hex" in policy) return `hex ${policy.hex}`;
  if ("base64" in policy) return `base64 ${policy.base64}`;
  return `length ${policy.length} of ${policy.alphabet}`;
}

/** A policy as {@link policyText} wrote it; `undefined` for `given`. */
export function parsePolicy(text: string): Policy | undefined {
  if (text === "uuid") return text;
  const [, form, bytes] = /^(hex|base64) (\d+)$/.exec(text) ?? [];
  if (form !== undefined) return form === "hex" ? { hex: Number(bytes) } : { base64: Number(bytes) };
  const [, length, alphabet] = /^length (\d+) of (.+)$/su.exec(text) ?? [];
  return alphabet === undefined ? undefined : { length: Number(length), alphabet };
}

export function makeValue(policy: Policy, random: Random): string {
  if (policy === "uuid") return uuid(random);
  if ("hex" in policy) return Buffer.from(random(policy.hex)).toString("hex");
  if ("base64" in policy) return Buffer.from(random(policy.base64)).toString("base64");
  const letters = [...new Set(policy.alphabet)];
  return Array.from({ length: policy.length }, () => letters[below(letters.length, random)]).join("");
}

/** A number from 0, each as likely: what would favour the first ones is drawn again. */
function below(limit: number, random: Random): number {
  const fair = 2 ** 32 - (2 ** 32 % limit);
  for (;;) {
    const drawn = Buffer.from(random(4)).readUInt32BE();
    if (drawn < fair) return drawn % limit;
  }
}

/** Version 4 of RFC 9562. */
function uuid(random: Random): string {
  const bytes = Buffer.from(random(16));
  bytes[6] = (bytes.readUInt8(6) & 0x0f) | 0x40;
  bytes[8] = (bytes.readUInt8(8) & 0x3f) | 0x80;
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
