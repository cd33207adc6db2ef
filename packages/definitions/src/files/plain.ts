import type { KeyPath } from "@facsimile/core";
import { isList, type Value } from "../value.ts";
import type { Range } from "./lines.ts";
import type { Part } from "./text-tree.ts";

/** Something in a file that no definition may hold, in whatever format. */
export interface PlainFinding {
  readonly code: "FORBIDDEN_KEY" | "FILE_TOO_DEEP" | "INVALID_VALUE";
  readonly message: string;
  readonly hint?: string | undefined;
  readonly range: Range;
}

export interface PlainOptions {
  readonly text: string;
  readonly maxDepth: number;
  rangeOf(path: KeyPath, part: Part): Range;
}

/** More than anybody reads at once. */
const MAX_FINDINGS = 50;

/**
 * Makes `value`, fresh from its parser, what it would be if it were written as JSON and read again (`-0` is 0), and tells
 * what cannot be.
 */
export function checkPlain(value: Value, options: PlainOptions): readonly PlainFinding[] {
  const check = new Check(options);
  check.inside(value);
  return check.findings;
}

const FORBIDDEN: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"]);
// A key is shown on terminals and stands in paths, so it holds nothing that steers them.
const UNSHOWABLE = /[\p{Cc}\p{Surrogate}\u2028\u2029]/u;
const HALF = /\p{Surrogate}/u;

/** Names that reach into JavaScript objects. */
export function isForbidden(key: string): boolean {
  return FORBIDDEN.has(key);
}

class Check {
  readonly findings: PlainFinding[] = [];
  readonly #options: PlainOptions;
  readonly #path: string[] = [];

  constructor(options: PlainOptions) {
    this.#options = options;
  }

  inside(value: Value): void {
    if (this.findings.length >= MAX_FINDINGS) return;
    if (typeof value === "number") this.#number(value);
    else if (typeof value === "string") this.#text(value);
    else if (typeof value === "object" && value !== null) this.#each(value);
  }

  #each(container: object): void {
    if (this.#path.length > this.#options.maxDepth) {
      this.#found("FILE_TOO_DEEP", { message: `nested deeper than ${this.#options.maxDepth} levels`, part: "key" });
      return;
    }
    const values = container as Record<string, Value>;
    const list = isList(container);
    for (const key of Object.keys(values)) {
      this.#path.push(key);
      if (!list) this.#key(key);
      if (Object.is(values[key], -0)) values[key] = 0;
      this.inside(values[key] as Value);
      this.#path.pop();
    }
  }

  #key(key: string): void {
    if (!FORBIDDEN.has(key) && !UNSHOWABLE.test(key)) return;
    const shown = `the key ${visible(JSON.stringify(key))}`;
    const [message, hint] = FORBIDDEN.has(key)
      ? [`${shown} is not allowed in a definition`, "Rename it: this name reaches into JavaScript objects."]
      : [`${shown} holds a character that cannot be shown`, "Take it out of the key."];
    this.#found("FORBIDDEN_KEY", { message, hint, part: "key" });
  }

  #number(value: number): void {
    if (Number.isSafeInteger(value) || (Number.isFinite(value) && !Number.isInteger(value))) return;
    const written = this.#options.text.slice(...this.#options.rangeOf(this.#path, "value"));
    if (Number.isFinite(value) && !losesDigits(written, value)) return;
    const shown = written.length > 40 ? `${written.slice(0, 40)}…` : written;
    const message = Number.isFinite(value)
      ? `${shown} has more digits than a number keeps: it would become ${BigInt(value)}`
      : `${shown} is no number that JSON can hold`;
    this.#found("INVALID_VALUE", { message, hint: `Write it as a text: ${JSON.stringify(shown)}.` });
  }

  #text(value: string): void {
    if (!HALF.test(value)) return;
    const half = (HALF.exec(value)?.[0] ?? "").charCodeAt(0).toString(16);
    const message = `a text holds half of a character, \\u${half}, which no file can hold`;
    this.#found("INVALID_VALUE", { message, hint: "Write both halves, or the character itself." });
  }

  #found(
    code: PlainFinding["code"],
    { message, hint, part = "value" }: { message: string; hint?: string | undefined; part?: Part },
  ): void {
    const range = this.#options.rangeOf(this.#path, part);
    // A part that YAML aliases repeat is wrong in one place.
    if (this.findings.some((each) => each.code === code && each.range[0] === range[0])) return;
    this.findings.push({ code, message, hint, range });
  }
}

/** Whether a whole number of JSON, JSON5 or YAML was written with digits that `value` does not have. */
function losesDigits(written: string, value: number): boolean {
  const [, digits] = /^[-+]?(\d+|0x[\da-f]+|0o[0-7]+)$/i.exec(written) ?? [];
  return digits !== undefined && BigInt(digits.replace(/^0+(?=\d)/, "")) !== BigInt(Math.abs(value));
}

function visible(text: string): string {
  return text.replace(/[\p{Cc}\p{Surrogate}\u2028\u2029]/gu, (char) => {
    return `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}
