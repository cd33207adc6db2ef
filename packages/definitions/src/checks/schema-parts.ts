import * as z from "zod/mini";

// What several keys of a definition are made of. One text says what is expected: messages and the published schema have it.
export const WORD = /^[A-Za-z0-9_][A-Za-z0-9_-]*$/;
/** `data/logs`: no `.` and `..` parts, no empty ones; never an option. */
const RELATIVE_PATH = /^(?![-/]|.*\/\/|(?:.*\/)?\.\.?(?:\/|$))[A-Za-z0-9._/@+-]+$/;

export const flag = z.boolean("true or false");
export const text = z.string("a text").check(z.minLength(1, "a text that is not empty"));
export const match = (pattern: RegExp, expected: string) => z.string(expected).check(z.regex(pattern, expected));
export const list = <T extends z.ZodMiniType>(item: T, expected: string) => z.array(item, expected);
export const whole = (min: number, max: number, expected: string) =>
  z.int(expected).check(z.minimum(min, expected), z.maximum(max, expected));
export const named = <T extends z.ZodMiniType>(key: RegExp, { value, of }: { value: T; of: string }) =>
  z.record(match(key, `a name of a ${of}`), value, `a map of ${of}s`);
export const optional = <T extends z.ZodMiniType>(inner: T) => z.optional(inner);

export const word = match(WORD, "a name of letters, digits, _ and -");
const SECONDS = "seconds, above 0, at most a day";
export const seconds = z.number("a number of seconds").check(z.gt(0, SECONDS), z.lte(86_400, SECONDS));
export const relativePath = match(RELATIVE_PATH, "a relative path of A-Za-z0-9._/@+- without . or .. parts");
const argv = list(text, "a program and its arguments").check(z.minLength(1, "a program and its arguments"));
export const command = z.union([text, argv]);

/** `60s`, `5m`, `1h`: up to a day, and not nothing. */
const SOAK_TIME = /^(?!0+[smh]$)(?:\d{1,4}s|\d{1,3}m|(?:1?\d|2[0-4])h)$/;
export const soak = z.union([seconds, match(SOAK_TIME, 'seconds, or a time such as "60s", "5m", "1h", at most a day')]);
export const someHosts = z.union([
  whole(0, 100_000, "a whole number of hosts"),
  match(/^(?:100|\d{1,2})%$/, 'a whole number of hosts, or a part of them: "10%"'),
]);
