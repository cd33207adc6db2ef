import { isSecret, type Secret } from "./secret.ts";

/** Shorter values are not looked for: they would match ordinary text. */
const MIN_LENGTH = 4;

/** Replaces secrets in text by `‹name›`, however they were encoded: as they are, base64, hex, URL- or JSON-escaped. */
export class Redactor {
  readonly #names = new Map<string, string>();
  #pattern: RegExp | undefined;

  /** Every output from now on is kept free of these. */
  add(...secrets: readonly Secret[]): void {
    for (const secret of secrets) {
      if (!isSecret(secret)) continue;
      for (const form of formsOf(secret.reveal())) this.#names.set(form, secret.name);
    }
    this.#pattern = undefined;
  }

  redact(text: string): string {
    if (this.#names.size === 0) return text;
    this.#pattern ??= longestFirst([...this.#names.keys()]);
    return text.replace(this.#pattern, (match) => `‹${this.#names.get(match) ?? "secret"}›`);
  }
}

function formsOf(value: string): string[] {
  if (value.length < MIN_LENGTH) return [];
  const bytes = Buffer.from(value);
  const base64 = bytes.toString("base64");
  const hex = bytes.toString("hex");
  return [
    value,
    ...value.split("\n").filter((line) => line.length >= 8),
    JSON.stringify(value).slice(1, -1),
    encodeURIComponent(value),
    base64,
    base64.replace(/=+$/, ""),
    bytes.toString("base64url"),
    hex,
    hex.toUpperCase(),
  ];
}

function longestFirst(words: readonly string[]): RegExp {
  const sorted = [...words].sort((a, b) => b.length - a.length);
  return new RegExp(sorted.map((word) => word.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&")).join("|"), "g");
}
