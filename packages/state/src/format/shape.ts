import { FacsimileError, formatPath } from "@facsimile/core";

interface Format {
  /** As messages name it. */
  readonly file: string;
  /** `state` of `state/1`; error codes begin with it. */
  readonly format: string;
  /** The newest version that this program reads. */
  readonly version: number;
}

/** Reads a JSON file of ours part by part; what does not fit is refused with file and place, never with the value. */
export class Shape {
  readonly #value: unknown;
  readonly #path: readonly string[];
  readonly #format: Format;

  private constructor(value: unknown, path: readonly string[], format: Format) {
    this.#value = value;
    this.#path = path;
    this.#format = format;
  }

  /** @throws `<FORMAT>_INVALID`, or `<FORMAT>_NEWER` when a newer program wrote the file. */
  static parse(bytes: Uint8Array, format: Format): Shape {
    const shape = new Shape(parseJson(bytes, format), [], format);
    const named = new RegExp(`^${format.format}/([1-9][0-9]{0,5})$`).exec(shape.field("facsimile").text());
    if (named === null) throw shape.field("facsimile").unfit(`"${format.format}/${format.version}"`);
    if (Number(named[1]) > format.version) throw newer(format, named[0]);
    return shape;
  }

  /** One member of an object. */
  field(name: string): Shape {
    const value = this.#object();
    if (!Object.hasOwn(value, name)) throw this.#at(name, undefined).unfit("something");
    return this.#at(name, value[name]);
  }

  has(name: string): boolean {
    return Object.hasOwn(this.#object(), name);
  }

  /** All members of an object with names of the user's own. */
  map<T>(read: (entry: Shape, name: string) => T): Map<string, T> {
    return new Map(Object.entries(this.#object()).map(([name, value]) => [name, read(this.#at(name, value), name)]));
  }

  list<T>(read: (entry: Shape) => T): T[] {
    if (!Array.isArray(this.#value)) throw this.unfit("a list");
    return this.#value.map((value, index) => read(this.#at(String(index), value)));
  }

  text(pattern = /(?:)/, expected = "a string"): string {
    if (typeof this.#value !== "string" || !pattern.test(this.#value)) throw this.unfit(expected);
    return this.#value;
  }

  count(min: number, max = Number.MAX_SAFE_INTEGER): number {
    const value = this.#value;
    if (!Number.isSafeInteger(value) || (value as number) < min || (value as number) > max) {
      throw this.unfit(max === Number.MAX_SAFE_INTEGER ? `a whole number from ${min}` : `a number ${min}–${max}`);
    }
    return value as number;
  }

  scalar(): string | number | boolean {
    const value = this.#value;
    if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
    throw this.unfit("a string, a number, true or false");
  }

  unfit(expected: string): FacsimileError {
    const place = this.#path.length === 0 ? "the file" : formatPath(this.#path);
    return invalid(this.#format, `${place} should be ${expected}`);
  }

  #object(): Record<string, unknown> {
    const value = this.#value;
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
    throw this.unfit("an object");
  }

  #at(name: string, value: unknown): Shape {
    return new Shape(value, [...this.#path, name], this.#format);
  }
}

function parseJson(bytes: Uint8Array, format: Format): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    // Neither cause nor excerpt: the text around a syntax error may be a secret that somebody typed into the file.
    const conflict = Buffer.from(bytes).includes("<<<<<<< ");
    throw invalid(format, conflict ? "it holds conflict marks of git" : "it is not JSON in UTF-8", conflict);
  }
}

function invalid({ file, format }: Format, what: string, conflict = false): FacsimileError {
  const mend = format === "state" ? "facs state seal joins both sides" : "Take one side of the file (git checkout --ours or --theirs)"; // biome-ignore format: one line
  const origin = format === "export" ? "Take another copy of it" : "Restore the file from git";
  const hint = conflict ? mend : origin;
  return new FacsimileError(`${format.toUpperCase()}_INVALID`, `${file}: ${what}`, {
    hint: `${hint}; nothing was read from it.`,
  });
}

function newer({ file, format, version }: Format, found: string): FacsimileError {
  const message = `${file} is of format ${found}; this program reads up to ${format}/${version}`;
  return new FacsimileError(`${format.toUpperCase()}_NEWER`, message, { hint: "Update facsimile." });
}
