import { isSecret, type Secret } from "./secret.ts";

/** Shorter values are not looked for: they would match ordinary text. */
const MIN_LENGTH = 4;

/**
 * Replaces secrets in text by `‹name›`, however they were encoded: as they are, base64 (also within something longer),
 * hex, URL-, form- or JSON-escaped. Values of fewer than four characters are not looked for.
 */
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
  const text = bytes.toString(); // Half of a surrogate pair is no text for what escapes.
  const json = JSON.stringify(value).slice(1, -1);
  const urls = [encodeURIComponent(text), new URLSearchParams([["", text]]).toString().slice(1)];
  return [
    value,
    ...value.split("\n").filter((line) => line.length >= 8),
    ...[json, json.replaceAll("/", "\\/"), json.replace(NOT_ASCII, escaped)],
    ...urls.flatMap((url) => [url, url.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase())]),
    ...base64Forms(bytes),
    bytes.toString("hex"),
    bytes.toString("hex").toUpperCase(),
  ];
}

const NOT_ASCII = /[\u0080-\uffff]/g;

function escaped(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** Shorter pieces of base64 are not looked for. */
const MIN_PIECE = 12;

/**
 * Alone, in the middle of something longer (`user:password` of HTTP), and broken into lines as MIME and PEM do it. Of a
 * piece in the middle, the characters that its neighbours have a share in are left out.
 */
function base64Forms(bytes: Buffer): string[] {
  const alone = [bytes.toString("base64"), bytes.toString("base64url")];
  const within = [0, 1, 2].map((before) => {
    const text = Buffer.concat([Buffer.alloc(before), bytes])
      .toString("base64")
      .replace(/=+$/, "");
    const whole = Math.floor((before + bytes.length) / 3) * 4;
    return text.slice(before === 0 ? 0 : 4, whole);
  });
  const lines = [64, 76].flatMap((width) => (alone[0] ?? "").match(new RegExp(`.{1,${width}}`, "g")) ?? []);
  const pieces = [...within, ...lines].filter((piece) => piece.length >= MIN_PIECE);
  return [...alone, (alone[0] ?? "").replace(/=+$/, ""), ...pieces, ...pieces.map(toUrlSafe)];
}

function toUrlSafe(text: string): string {
  return text.replaceAll("+", "-").replaceAll("/", "_");
}

function longestFirst(words: readonly string[]): RegExp {
  const sorted = [...words].sort((a, b) => b.length - a.length);
  return new RegExp(sorted.map((word) => word.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&")).join("|"), "g");
}
