import { FacsimileError } from "@facsimile/core";

/** Which value: that of all sharers of the scope or, stronger, that of one instance and those below it. */
export interface ValueName {
  /** Passwords are of user names of modules; secrets are what definitions call by `{ $secret }`. */
  readonly kind: "passwd" | "secrets";
  /** `storefront`, `db/root`. */
  readonly name: string;
  /** The full name of the instance whose overlay holds it. */
  readonly instance?: string | undefined;
}

const NAME = /^[^\p{Cc}\u2028\u2029]{1,200}$/u;

/**
 * `passwd/storefront` is the password of a user, anything else, as `db/root`, a secret.
 *
 * @throws `BAD_NAME`
 */
export function parseValueName(text: string, instance?: string): ValueName {
  const [, user] = /^passwd\/(.*)$/s.exec(text) ?? [];
  const name = user ?? text;
  if (!NAME.test(name)) {
    throw new FacsimileError(
      "BAD_NAME",
      `${JSON.stringify(text)} is not a name of a secret: expected 1 to 200 characters${user === undefined ? "" : " behind passwd/"}, none of them a control character`,
      {
        hint: "Write a name such as db/root, or passwd/USER for the password of a module.",
      },
    );
  }
  return { kind: user === undefined ? "secrets" : "passwd", name, ...(instance === undefined ? {} : { instance }) };
}

/** The keys from the file's root to the value. */
export function keysOf({ kind, name, instance }: ValueName): readonly string[] {
  return instance === undefined ? ["values", kind, name] : ["values", "overlay", instance, kind, name];
}

/** As {@link parseValueName} reads it: `passwd/storefront`, `db/root`. */
export function valueNameText({ kind, name }: ValueName): string {
  return kind === "passwd" ? `passwd/${name}` : name;
}
