import fs from "node:fs";
import path from "node:path";
import { formatPath, formatPosition, formatProblem, type KeyPath } from "@facsimile/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findingsOf, wellKnownKeys } from "../checks/validate.ts";
import { parseSource } from "../files/source-file.ts";
import type { Value, ValueMap } from "../value.ts";
import { KEYWORDS } from "./keywords.ts";
import { describedBelow } from "./node.ts";
import { placesOf } from "./places.ts";
import { readUserSchema, type UserSchema } from "./user-schema.ts";

const FILE = "define/schema.json5";

interface Reading {
  readonly schema: UserSchema;
  /** `CODE line:column message (hint)` */
  readonly problems: readonly string[];
}

function read(text: string, file = FILE): Reading {
  const problems: string[] = [];
  const schema = readUserSchema(parseSource({ file, text }), (problem) => {
    const hint = problem.hint === undefined ? "" : ` (${problem.hint})`;
    problems.push(`${problem.code} ${formatProblem(problem).replace(`${file}:`, "")}${hint}`);
  });
  return { schema, problems };
}

/** A schema that describes one key `k` by these keywords. */
const about = (keywords: string) => read(`{ properties: { k: ${keywords} } }`);

/** A schema without problems. */
function sound(text: string): UserSchema {
  const { schema, problems } = read(text);
  expect(problems).toEqual([]);
  return schema;
}

/** `CODE message (hint)` of everything that is wrong with values. */
function wrong(schema: UserSchema, values: ValueMap): readonly string[] {
  return findingsOf(values, schema).map(
    ({ code, message, hint }) => `${code} ${message}${hint === undefined ? "" : ` (${hint})`}`,
  );
}

describe("the schema file is checked, each problem with its place", () => {
  it.each([
    ["[]", "NOT_A_MAP 1:1: holds a list; expected a map of keywords"],
    ["{ propertis: {} }", "UNKNOWN_KEY 1:3: there is no key propertis (Did you mean properties?)"],
    ["{ type: 'array' }", 'INVALID_VALUE 1:9: type is "array"; expected "object"'],
    ["{ additionalProperties: {} }", "INVALID_VALUE 1:25: additionalProperties is a map; expected false"],
    ["{ properties: [] }", "INVALID_VALUE 1:15: properties is a list; expected a map of keys to what they hold"],
    [
      "{ required: ['bnner'], properties: { banner: {} } }",
      'INVALID_VALUE 1:14: required.0 names "bnner", which properties does not describe (Did you mean banner?)',
    ],
    [
      "{ required: ['x'] }",
      'INVALID_VALUE 1:14: required.0 names "x", which properties does not describe (Describe it: "x": {}.)',
    ],
    [
      "{ properties: { deploy: {} } }",
      "INVALID_VALUE 1:17: properties.deploy is a well-known key, which Facsimile describes itself (Describe keys of your own only.)",
    ],
    [
      "{ properties: { extends: {} } }",
      "INVALID_VALUE 1:17: properties.extends is a well-known key, which Facsimile describes itself (Describe keys of your own only.)",
    ],
    [
      "{ properties: { '@region:eu': {} } }",
      "INVALID_VALUE 1:17: properties.@region:eu begins with @, as views do (Describe the key itself: that holds in every view.)",
    ],
    [
      "{ properties: { a: { properties: { $ref: {} } } } }",
      "INVALID_VALUE 1:36: properties.a.properties.$ref begins with $, as directives do (Give the key a name without it.)",
    ],
    ["{ properties: { a: true } }", "INVALID_VALUE 1:20: properties.a is the boolean true; expected a map of keywords"],
  ])("%s", (text, expected) => {
    expect(read(text).problems).toEqual([expected]);
  });

  const here = "properties.k";
  it.each([
    ["{ minimun: 1 }", `UNKNOWN_KEY 1:22: there is no key ${here}.minimun (Did you mean minimum?)`],
    ["{ oneOf: [] }", /^UNKNOWN_KEY 1:22: there is no key properties\.k\.oneOf \(Known here: type, enum, const, /],
    ["{ $ref: '#' }", /^UNKNOWN_KEY 1:22: there is no key properties\.k\.\$ref /],
    [
      "{ type: 'strng' }",
      `INVALID_VALUE 1:28: ${here}.type is "strng"; expected a type or a list of types (string, number, integer, boolean, object, array, null) (Did you mean string?)`,
    ],
    ["{ type: 'list' }", /^INVALID_VALUE 1:28: .* \(Did you mean array\?\)$/],
    ["{ type: [] }", /^INVALID_VALUE 1:28: properties\.k\.type is a list; expected a type/],
    [
      "{ required: true }",
      `INVALID_VALUE 1:32: ${here}.required is the boolean true; expected a list of keys (Name the key in required of the map around it.)`,
    ],
    [
      "{ additionalProperties: true }",
      `INVALID_VALUE 1:44: ${here}.additionalProperties is the boolean true; expected false or a map of keywords (Leave it out: other keys may be there.)`,
    ],
    ["{ minLength: -1 }", `INVALID_VALUE 1:33: ${here}.minLength is the number -1; expected a whole number, 0 or more`],
    ["{ minimum: '1' }", `INVALID_VALUE 1:31: ${here}.minimum is "1"; expected a number`],
    ["{ enum: [] }", `INVALID_VALUE 1:28: ${here}.enum is a list; expected a list of values`],
    ["{ enum: 'a' }", `INVALID_VALUE 1:28: ${here}.enum is a string; expected a list of values (Write ["a"].)`],
    ["{ secret: 'yes' }", `INVALID_VALUE 1:30: ${here}.secret is "yes"; expected true or false`],
    [
      "{ deprecated: 1 }",
      `INVALID_VALUE 1:34: ${here}.deprecated is the number 1; expected true, or a text that says what to write instead`,
    ],
    ["{ items: [] }", `INVALID_VALUE 1:29: ${here}.items is a list; expected a map of keywords`],
    ["{ items: { typ: 'string' } }", `UNKNOWN_KEY 1:31: there is no key ${here}.items.typ (Did you mean type?)`],
    [
      "{ additionalProperties: { properties: { x: { typ: 1 } } } }",
      `UNKNOWN_KEY 1:65: there is no key ${here}.additionalProperties.properties.x.typ (Did you mean type?)`,
    ],
    [
      "{ type: 'string', minimum: 3 }",
      `INVALID_VALUE 1:38: ${here}.minimum is about number or integer, but the type is string`,
    ],
    ["{ minimum: 3, maximum: 2 }", `INVALID_VALUE 1:43: ${here}.maximum is 2, but minimum is 3`],
    ["{ minItems: 1, maxItems: 0 }", `INVALID_VALUE 1:45: ${here}.maxItems is 0, but minItems is 1`],
    [
      "{ pattern: '(?=x)' }",
      `INVALID_VALUE 1:31: ${here}.pattern is not a pattern: invalid or unsupported Perl syntax: \`(?=\` (Patterns are RE2: no look-around, no back-references.)`,
    ],
    ["{ pattern: '(a)\\\\1' }", /^INVALID_VALUE 1:31: properties\.k\.pattern is not a pattern: /],
    ["{ pattern: '[' }", /^INVALID_VALUE 1:31: properties\.k\.pattern is not a pattern: missing closing \]/],
    [`{ pattern: '${"a".repeat(1001)}' }`, /^INVALID_VALUE 1:31: .* it is longer than 1000 characters/],
    ["{ type: 'string', enum: ['a', 5] }", `INVALID_VALUE 1:50: ${here}.enum.1 is the number 5; expected a text`],
    ["{ type: 'integer', const: 'a' }", `INVALID_VALUE 1:46: ${here}.const is "a"; expected a whole number`],
    [
      "{ minimum: 3, default: 2 }",
      `INVALID_VALUE 1:43: ${here}.default is the number 2; expected a number of at least 3`,
    ],
    ["{ enum: ['a'], default: 'b' }", `INVALID_VALUE 1:44: ${here}.default is "b"; expected "a" (Did you mean a?)`],
    [
      "{ properties: { a: { type: 'integer' } }, default: { a: 'x' } }",
      `INVALID_VALUE 1:76: ${here}.default.a is "x"; expected a whole number`,
    ],
    [
      "{ items: { minimum: 1 }, default: [1, 0] }",
      `INVALID_VALUE 1:58: ${here}.default.1 is the number 0; expected a number of at least 1`,
    ],
    [
      "{ default: { a: { $append: [1] } } }",
      `BAD_DIRECTIVE 1:38: ${here}.default.a holds $append, but there is nothing beneath a default (Write the value itself.)`,
    ],
    [
      "{ items: { default: 1 } }",
      `INVALID_VALUE 1:31: ${here}.items.default is for one value, but here many are described`,
    ],
    [
      "{ additionalProperties: { properties: { a: { renamedFrom: 'b' } } } }",
      `INVALID_VALUE 1:65: ${here}.additionalProperties.properties.a.renamedFrom is for one value, but here many are described`,
    ],
    [
      "{ renamedFrom: 'a b' }",
      `INVALID_VALUE 1:35: ${here}.renamedFrom is "a b", which is not a path of keys (Write the old path from the top of a definition: "shop.port".)`,
    ],
    ["{ renamedFrom: 'deploy.k' }", /^INVALID_VALUE 1:35: .* is "deploy\.k", which is a well-known key/],
    ["{ renamedFrom: '$schema' }", /^INVALID_VALUE 1:35: .* which begins with \$/],
    ["{ renamedFrom: 'k' }", /which is the key itself, or lies on the way to or below it/],
    ["{ renamedFrom: 'k.old' }", /which is the key itself, or lies on the way to or below it/],
    ["{ properties: { a: { renamedFrom: 'k' } } }", /which is the key itself, or lies on the way to or below it/],
  ])("k: %s", (keywords, expected) => {
    const { problems } = about(keywords);
    expect(problems).toEqual([typeof expected === "string" ? expected : expect.stringMatching(expected)]);
  });

  it("two keys cannot both be what one became, and what is described was not renamed", () => {
    expect(read("{ properties: { a: { renamedFrom: 'x.y' }, b: { renamedFrom: 'x.y' } } }").problems).toEqual([
      expect.stringMatching(/^INVALID_VALUE 1:62: properties\.b\.renamedFrom is "x\.y", which became a already /),
    ]);
    expect(read("{ properties: { a: { renamedFrom: 'b' }, b: {} } }").problems).toEqual([
      expect.stringMatching(
        /^INVALID_VALUE 1:35: properties\.a\.renamedFrom is "b", which is described by this schema too/,
      ),
    ]);
  });

  it("every problem is told, and what is right still holds", () => {
    const { schema, problems } = read(`{
      titel: "x",
      properties: {
        a: { type: "integr", minimum: 1, default: 0 },
        b: { type: "string", pattern: "(", default: "x" },
        home: { type: "string" },
        c: 5,
        d: { type: "boolean" },
      },
      required: ["home", "e", "d"],
    }`);
    expect(problems.map((each) => each.split(": ")[0])).toEqual([
      "UNKNOWN_KEY 2:7",
      "INVALID_VALUE 4:20",
      "INVALID_VALUE 4:51",
      "INVALID_VALUE 5:39",
      "INVALID_VALUE 6:9",
      "INVALID_VALUE 7:12",
      "INVALID_VALUE 10:26",
    ]);
    expect(schema.defaults).toEqual({ b: "x" });
    expect(wrong(schema, { a: 0, b: 1, d: 1 })).toEqual([
      "INVALID_VALUE a is the number 0; expected a number of at least 1",
      "INVALID_VALUE b is the number 1; expected a text",
      "INVALID_VALUE d is the number 1; expected true or false",
    ]);
  });

  it("the formats are alike", () => {
    const json = '{ "$schema": "x", "properties": { "port": { "type": "integer", "default": 8 } } }';
    expect(read(json, "define/schema.json").schema.defaults).toEqual({ port: 8 });
    const yaml = "$schema: x\nproperties:\n  port: {type: integer, default: 8}\n  bad: {typ: 1}\n";
    const { schema, problems } = read(yaml, "define/schema.yaml");
    expect(schema.defaults).toEqual({ port: 8 });
    expect(problems).toEqual(["UNKNOWN_KEY 4:9: there is no key properties.bad.typ (Did you mean type?)"]);
    expect(read("", "define/schema.yml").problems).toEqual([]);
  });

  it("a file is read once, and its problems are told each time", () => {
    const source = parseSource({ file: FILE, text: "{ properties: { a: { typ: 1 } } }" });
    const problems: string[] = [];
    const first = readUserSchema(source, ({ code }) => problems.push(code));
    expect(readUserSchema(source, ({ code }) => problems.push(code))).toBe(first);
    expect(problems).toEqual(["UNKNOWN_KEY", "UNKNOWN_KEY"]);
  });
});

describe("defaults", () => {
  const schema = sound(`{
  properties: {
    port: { type: "integer", default: 25 },
    mail: {
      properties: {
        from: { type: "string" },
        retries: { type: "integer", default: 3 },
        tls: { properties: { on: { default: true }, ca: { default: null } }, default: { on: false, extra: [{ a: 1 }] } },
      },
    },
    token: { secret: true, default: { $secret: "mail/token" } },
    url: { type: "string", pattern: "^https:", default: "\${mail.from}/x" },
    size: { type: "integer", default: "\${port}" },
  },
}`);

  it("are one map, where those of a map win over those of its keys, and are frozen", () => {
    expect(schema.defaults).toEqual({
      port: 25,
      mail: { retries: 3, tls: { on: false, ca: null, extra: [{ a: 1 }] } },
      token: { $secret: "mail/token" },
      url: "${mail.from}/x",
      size: "${port}",
    });
    expect(frozen(schema.defaults)).toBe(true);
    expect(sound("{}").defaults).toEqual({});
  });

  it.each([
    ["port", "3:39", "3:5"],
    ["mail.retries", "7:46", "7:9"],
    ["mail.tls.on", "8:93", "8:89"],
    ["mail.tls.ca", "8:68", "8:53"],
    ["mail.tls.extra", "8:107", "8:100"],
    ["mail.tls.extra.0.a", "8:113", "8:110"],
    ["mail.tls", "8:87", "8:9"],
    ["mail", "4:11", "4:5"],
    ["mail.from", "6:15", "6:9"],
    ["mail.nothing", "4:11", "4:5"],
    ["token", "11:37", "11:5"],
    ["port.deep.er", "3:39", "3:5"],
  ])("the default of %s is written at %s, its key at %s", (path, value, key) => {
    const place = (part: "key" | "value") => formatPosition(schema.locateDefault(path.split("."), part));
    expect([place("value"), place("key")]).toEqual([`${FILE}:${value}`, `${FILE}:${key}`]);
  });
});

describe("what else the schema says", () => {
  it("renames are paths from the top; what lies deeper moves first", () => {
    const schema = sound(`{ properties: {
      shop: { renamedFrom: "store", properties: { port: { renamedFrom: "store.listen.port" } } },
      "a.b": { renamedFrom: 'old."c.d"' },
    } }`);
    expect(schema.renames).toEqual([
      { from: ["store", "listen", "port"], to: ["shop", "port"] },
      { from: ["old", "c.d"], to: ["a.b"] },
      { from: ["store"], to: ["shop"] },
    ]);
  });

  it("deprecated keys and secrets, also those of every item and every key", () => {
    const schema = sound(`{ properties: {
      old: { deprecated: true }, older: { deprecated: "Write new." }, current: { deprecated: false },
      key: { secret: true }, open: { secret: false },
      databases: { additionalProperties: { properties: { password: { secret: true } } } },
      users: { items: { properties: { name: { deprecated: true }, pin: { secret: true } } } },
    } }`);
    expect(schema.deprecated).toEqual([
      { path: ["old"], note: undefined },
      { path: ["older"], note: "Write new." },
      { path: ["users", "*", "name"], note: undefined },
    ]);
    expect(schema.secrets.map(formatPath)).toEqual(["key", 'databases."*".password', 'users."*".pin']);
    const values = {
      key: 1,
      databases: { main: { password: "x" }, spare: {}, "a.b": { password: { $secret: "y" } } },
      users: [{ pin: 1 }, { name: "n" }],
    };
    const places = (patterns: readonly KeyPath[]) => patterns.flatMap((each) => placesOf(values, each)).map(formatPath);
    expect(places(schema.secrets)).toEqual([
      "key",
      "databases.main.password",
      'databases."a.b".password',
      "users.0.pin",
    ]);
    expect(places(schema.deprecated.map(({ path }) => path))).toEqual(["users.1.name"]);
    expect(placesOf({ databases: { $secret: "x" } }, ["databases", "*"])).toEqual([]);
    expect(placesOf({ a: [1] }, ["a", "length"])).toEqual([]);
  });

  it("a secret is not shown where it does not fit, nor is what lies in it", () => {
    const schema = sound(`{ properties: {
      pin: { type: "integer", secret: true },
      keys: { secret: true, items: { type: "string", minLength: 9 } },
    } }`);
    expect(wrong(schema, { pin: "sesame", keys: ["sesame", 1234, { x: "sesame" }] })).toEqual([
      "INVALID_VALUE pin is a text; expected a whole number",
      "INVALID_VALUE keys.0 is a text; expected a text of at least 9 characters",
      "INVALID_VALUE keys.1 is a number; expected a text of at least 9 characters",
      "INVALID_VALUE keys.2 is a map; expected a text of at least 9 characters",
    ]);
    const { problems } = about('{ type: "integer", secret: true, default: "sesame" }');
    expect(problems.join()).not.toContain("sesame");
  });

  it("with additionalProperties: false, a key that nobody describes is a mistake", () => {
    const schema = sound("{ properties: { banner: {} }, additionalProperties: false }");
    expect(wrong(schema, { banner: 1, home: "x", hosts: {} })).toEqual([]);
    expect(wrong(schema, { baner: 1, hoem: "x", zzz: 1 })).toEqual([
      "UNKNOWN_KEY there is no key baner (Did you mean banner?)",
      "UNKNOWN_KEY there is no key hoem (Did you mean home?)",
      expect.stringMatching(/^UNKNOWN_KEY there is no key zzz \(Known here: projects, .*, banner\.\)$/),
    ]);
  });

  it("its keys are known, beside the well-known ones", () => {
    expect(wellKnownKeys(sound("{ properties: { banner: {} } }"))).toEqual([...wellKnownKeys(), "banner"]);
  });
});

const scalar = fc.constantFrom<unknown>(
  ...[null, true, false, 0, 1, -1, 1e300, "", "a", "string", "integer", "object", "a.b", "(", "^a+$", "${a}"],
);
const name = fc.oneof(
  fc.constantFrom("a", "b", "deploy", "$secret", "$append", "@host:x", "toString", "*", "a.b"),
  fc.constantFrom(...KEYWORDS.keys()),
);
const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 6, depthSize: "medium" },
    scalar,
    fc.dictionary(name, tie("tree"), { maxKeys: 5 }),
    fc.record({ properties: fc.dictionary(name, tie("tree"), { maxKeys: 3 }), default: tie("tree") }),
    fc.array(tie("tree"), { maxLength: 3 }),
  ),
}));

describe("whatever the schema file holds", () => {
  it("it gives a schema, and every problem has its place", () => {
    fc.assert(
      fc.property(tree, tree, (written, values) => {
        const { schema, problems } = read(JSON.stringify(written));
        for (const problem of problems) expect(problem).toMatch(/^[A-Z_]+ \d+:\d+: /);
        expect(frozen(schema.defaults)).toBe(true);
        for (const { path: at, node } of describedBelow(schema.root)) {
          if (node.says.default !== undefined) expect(schema.locateDefault(at).line).toBe(1);
        }
        for (const pattern of schema.secrets) placesOf(values as Value, pattern);
        findingsOf({ a: values as Value, ...schema.defaults }, schema);
      }),
      { numRuns: 2000 },
    );
  });

  it("a hundred thousand keys or choices take no long time", () => {
    const many = Array.from({ length: 100_000 }, (_, index) => `k${index}`);
    const text = JSON.stringify({
      properties: {
        a: { enum: many },
        b: { uniqueItems: true, items: { enum: many } },
        c: { additionalProperties: false },
      },
    });
    const schema = sound(text);
    const started = performance.now();
    expect(findingsOf({ a: "k99999", b: many, c: {} }, schema)).toEqual([]);
    expect(performance.now() - started).toBeLessThan(1000);
  });

  it("nor do thousands of slips among thousands of names", () => {
    const names = Array.from({ length: 5000 }, (_, index) => `key${index}`);
    const text = JSON.stringify({
      properties: { ...Object.fromEntries(names.map((each) => [each, {}])), k: { items: { enum: names } } },
      required: names,
      additionalProperties: false,
    });
    const schema = sound(text);
    const started = performance.now();
    const values = { ...Object.fromEntries(names.map((each) => [`${each}x`, 1])), k: names.map((each) => `${each}x`) };
    expect(findingsOf(values, schema)).toHaveLength(15_000);
    expect(performance.now() - started).toBeLessThan(5000);
  });
});

it("reading a schema does not load the library that checks well-known keys", () => {
  const loaded = new Set<string>();
  const load = (file: string) => {
    if (loaded.has(file)) return;
    loaded.add(file);
    if (!path.isAbsolute(file)) return;
    const text = fs.readFileSync(file, "utf8");
    for (const [, from = ""] of text.matchAll(/^(?:import|export) (?!type )[^;]*? from "([^"]+)";$/gms))
      load(from.startsWith(".") ? path.resolve(file, "..", from) : from);
  };
  const here = (name: string) => path.join(import.meta.dirname, name);
  load(here("user-schema.ts"));
  load(here("places.ts"));
  expect([...loaded]).toContain(here("user-shape.ts"));
  expect([...loaded].filter((each) => each.startsWith("zod"))).toEqual([]);
});

function frozen(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return true;
  return Object.isFrozen(value) && Object.values(value).every(frozen);
}
