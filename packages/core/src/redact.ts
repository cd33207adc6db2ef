import { isSecret, type Secret } from "./secret.ts";

/** Characters. Shorter values are not looked for: they would match ordinary text. */
const MIN_LENGTH = 4;

/**
 * Replaces secrets in text by `‹name›`, however they were encoded: as they are, quoted for a shell, SQL, XML or a pattern, base64
 * (also within something longer), hex, URL-, form- or JSON-escaped; with and without the end of their last line. Values of
 * fewer than four characters are not looked for, nor are lines of fewer than eight.
 */
export class Redactor {
  /** By their first characters, the longest first. */
  readonly #forms = new Map<string, Form[]>();
  /** Of the secrets whose forms begin so. */
  readonly #names = new Map<string, Set<string>>();
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
      const found = this.#formAt(text, at);
      if (found === undefined) continue;
      result += `${text.slice(copied, at)}‹${found.name}›`;
      copied = at + found.text.length;
      for (
        let other = this.#other(text, found, at);
        other !== undefined;
        other = this.#other(text, other.form, other.at)
      ) {
        result += `‹${other.form.name}›`;
        copied = other.at + other.form.text.length;
      }
      at = copied - 1;
    }
    return result + text.slice(copied);
  }

  /** Of another secret: what begins within the one that was found, and ends behind it. */
  #other(
    text: string,
    { name, text: found }: Form,
    at: number,
  ): { readonly form: Form; readonly at: number } | undefined {
    const end = at + found.length;
    for (let within = at + 1; within < end; within++) {
      const names = this.#names.get(text.slice(within, within + MIN_LENGTH));
      if (names === undefined || (names.size === 1 && names.has(name))) continue;
      const form = this.#formAt(text, within);
      if (form !== undefined && form.name !== name && within + form.text.length > end) return { form, at: within };
    }
    return undefined;
  }

  /** The longest one that stands there. */
  #formAt(text: string, at: number): Form | undefined {
    return this.#forms.get(text.slice(at, at + MIN_LENGTH))?.find((form) => text.startsWith(form.text, at));
  }

  #addForm(form: Form): void {
    const start = form.text.slice(0, MIN_LENGTH);
    this.#names.set(start, (this.#names.get(start) ?? new Set()).add(form.name));
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

/** What reads a file often leaves out the end of its last line, and the `\r` of others. */
function formsOf(value: string): string[] {
  const unix = value.replaceAll("\r\n", "\n");
  const texts = [value, unix, unix.replace(/\n+$/, "")];
  const lines = unix.split("\n").flatMap((line) => (line.trim().length >= MIN_LINE ? quotedForms(line.trim()) : []));
  return [...new Set(texts)]
    .filter(({ length }) => length >= MIN_LENGTH)
    .flatMap(encodedForms)
    .concat(lines);
}

/** Shorter lines of a longer value are not looked for. */
const MIN_LINE = 8;

function encodedForms(value: string): string[] {
  const bytes = Buffer.from(value);
  const text = bytes.toString(); // Half of a surrogate pair is no text for what escapes.
  const json = JSON.stringify(value).slice(1, -1);
  return [
    ...quotedForms(value),
    ...[json, json.replaceAll("/", "\\/"), json.replace(NOT_ASCII, escaped)],
    ...urlForms(text).flatMap((url) => [url, url.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase())]),
    ...base64Forms(bytes),
    bytes.toString("hex"),
    bytes.toString("hex").toUpperCase(),
  ];
}

/** As it is, and as shells, SQL, YAML, CSV, patterns, XML and HTML write it: what filters of templates make, and traces show. */
function quotedForms(value: string): string[] {
  const xml = value.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  const quotes = [["&#34;", "&#39;"], ["&quot;", "&#39;"], ["&quot;", "&#x27;"], ["&quot;", "&apos;"]] as const; // biome-ignore format: a table
  return [
    value,
    ...["'\\''", `'"'"'`, "''"].map((quote) => value.replaceAll("'", quote)),
    value.replaceAll('"', '""'),
    ...[/["$\\`]/g, /[\\^$.*+?()[\]{}|/-]/g, /[^\w@%+=:,./\u0080-\uffff-]/g].map((special) =>
      value.replace(special, "\\$&"),
    ),
    xml,
    ...quotes.map(([double, single]) => xml.replaceAll('"', double).replaceAll("'", single)),
  ];
}

/** Which of the signs `/!'()*~` and blanks are escaped depends on who escapes. */
function urlForms(text: string): string[] {
  const url = encodeURIComponent(text);
  const whole = url.replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
  const some = [url, whole, url.replaceAll("%2F", "/"), whole.replaceAll("%2F", "/")];
  const plus = some.map((each) => each.replaceAll("%20", "+"));
  return [...some, ...plus, encodeURI(text), new URLSearchParams([["", text]]).toString().slice(1)];
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
