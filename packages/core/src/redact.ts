import { isSecret, type Secret } from "./secret.ts";

/** Characters. Shorter values are not looked for: they would match ordinary text. */
const MIN_LENGTH = 4;

/**
 * Replaces secrets in text by `‹name›`, however they were encoded: as they are, base64 (also within something longer),
 * hex, URL-, form- or JSON-escaped. Values of fewer than four characters are not looked for.
 */
export class Redactor {
  /** By their first characters, the longest first. */
  readonly #forms = new Map<string, Form[]>();
  /** Not looked at yet: many a command prints nothing after it opened a state. */
  readonly #added: Secret[] = [];

  /** Every output from now on is kept free of these. */
  add(...secrets: readonly Secret[]): void {
    for (const secret of secrets) if (isSecret(secret)) this.#added.push(secret);
  }

  redact(text: string): string {
    for (const secret of this.#added.splice(0))
      for (const form of new Set(formsOf(secret.reveal()))) this.#addForm({ text: form, name: secret.name });
    if (this.#forms.size === 0) return text;
    let [result, copied] = ["", 0];
    for (let at = 0; at + MIN_LENGTH <= text.length; at++) {
      const found = this.#forms.get(text.slice(at, at + MIN_LENGTH))?.find((form) => text.startsWith(form.text, at));
      if (found === undefined) continue;
      result += `${text.slice(copied, at)}‹${found.name}›`;
      copied = at + found.text.length;
      at = copied - 1;
    }
    return result + text.slice(copied);
  }

  #addForm(form: Form): void {
    const start = form.text.slice(0, MIN_LENGTH);
    const alike = this.#forms.get(start) ?? [];
    if (alike.some(({ text }) => text === form.text)) return;
    alike.push(form);
    alike.sort((a, b) => b.text.length - a.text.length);
    this.#forms.set(start, alike);
  }
}

interface Form {
  readonly text: string;
  /** Of the secret. */
  readonly name: string;
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
