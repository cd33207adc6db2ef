const MARK = Symbol.for("facsimile.secret");
const values = new WeakMap<object, string>();

/**
 * A value that no printing shows: strings, JSON, templates and `inspect` give `[secret]`.
 * Recognised across copies of this package by `Symbol.for("facsimile.secret")`.
 */
export class Secret {
  /** What it is called where it is kept, e.g. `passwd/storefront`; safe to print. */
  readonly name: string;

  constructor(value: string, name: string) {
    this.name = name;
    values.set(this, value);
  }

  get [MARK](): true {
    return true;
  }

  /** The only way to the value. */
  reveal(): string {
    return values.get(this) ?? "";
  }

  toString(): string {
    return "[secret]";
  }

  toJSON(): string {
    return "[secret]";
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return "[secret]";
  }
}

export function isSecret(value: unknown): value is Secret {
  return typeof value === "object" && value !== null && (value as Record<symbol, unknown>)[MARK] === true;
}
