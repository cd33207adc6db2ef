import fs from "node:fs";
import path from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findingsOf } from "../checks/validate.ts";
import { parseSource } from "../files/source-file.ts";
import { readUserSchema } from "../user-schema/user-schema.ts";
import type { ValueMap } from "../value.ts";
import { jsonSchema } from "./json-schema.ts";
import { knownSchemas } from "./known.ts";
import { MODULE_TEXTS, TEXTS } from "./texts.ts";

const ROOT = path.join(import.meta.dirname, "../../../..");
const ajv = new Ajv2020({ allowUnionTypes: true, strict: true });
const takes = await checker();

function compile(document: object) {
  ajv.removeSchema((document as { $id: string }).$id);
  return ajv.compile(document);
}

/** Whether an editor with the schema, or with that of a user's own keys, has nothing to say. */
async function checker(user?: string): Promise<(text: string) => boolean> {
  const own =
    user &&
    readUserSchema(parseSource({ file: "define/schema.json5", text: user }), (problem) =>
      expect(problem).toBeUndefined(),
    );
  const validate = compile(await jsonSchema(own || undefined));
  return (text) => validate(parseSource({ file: "x.json5", text }).value);
}

describe("the published file", () => {
  it("is what the package makes", async () => {
    const file = fs.readFileSync(path.join(import.meta.dirname, "../../schema.json"), "utf8");
    const command = "npm run build && node packages/definitions/scripts/write-schema.mjs";
    expect(JSON.parse(file), `schema.json is old. Write it anew: ${command}`).toEqual(await jsonSchema());
  });

  it("leads nowhere: nothing in it is fetched", async () => {
    const text = JSON.stringify(await jsonSchema());
    expect(await jsonSchema()).toMatchObject({ $id: "urn:facsimile:definition" });
    expect(text.match(/https?:\/\/[^"\\^]+/g)).toEqual(["https://json-schema.org/draft/2020-12/schema"]);
    expect([...text.matchAll(/"\$ref":"([^"]+)"/g)].filter(([, to = ""]) => !to.startsWith("#/$defs/"))).toEqual([]);
  });
});

describe("what is written passes", () => {
  const example = path.join(ROOT, "templates-repo-example/define");
  it.each(fs.readdirSync(example))("the example's %s", (name) => {
    expect(takes(fs.readFileSync(path.join(example, name), "utf8"))).toBe(true);
  });

  const documents = ["README.md", "docs", "packages", "templates-repo-example"].flatMap((from) =>
    markdownBelow(path.join(ROOT, from)),
  );
  const blocks = documents.flatMap((file) =>
    [...fs.readFileSync(file, "utf8").matchAll(/^```json5\n(\/\/ define\/(?!schema\.)(\S+)\n[^`]*)^```/gm)].map(
      ([, text = "", name]) => ({ where: `${path.relative(ROOT, file)}: ${name}`, text }),
    ),
  );
  it.each(blocks)("$where", ({ text }) => {
    expect(takes(text)).toBe(true);
  });
  it("and there are such documents", () => {
    expect(blocks.length).toBeGreaterThan(2);
  });

  it.each([
    "{}",
    '{ $schema: "../x.json", extends: "base" }',
    '{ extends: ["base", "./common/x"] }',
    '{ mine: 1, "a.b": { c: [null, { d: "x" }] } }',
    "{ home: '${env:HOME}/shop', protected: '${flag}', deploy: { keep: '${n}', nodes: '${nodes}', postcmd: ['${c}'] } }",
    "{ home: '%HOMEDIR%/x', banner: '{{environ.USER}}' }",
    "{ deploy: { nodes: { web: { $append: ['w3'] }, db: { $remove: ['d1'], $append: ['d2'] }, old: { $delete: true } } } }",
    "{ deploy: { waves: { $mergeBy: 'max', items: [{ max: 1, soak: 5 }, { max: 2, $delete: true }] } } }",
    "{ deploy: { $replace: { user: 'x' } }, hosts: { w1: { $delete: true }, w2: { region: { $replace: 'eu' } } } }",
    "{ mine: { $append: [1] }, other: { $literal: { $ref: 1 } }, l: [{ $secret: 'db/root' }], m: { $mergeBy: 'a', items: [] } }",
    "{ deploy: { precmd: { timeout: 5 }, health: [{ http: 'http://localhost/' }], postcmd: ['a', { run: ['b', 'c'], once: true }] } }",
    "{ regions: { eu: null, us: { zone: 1 } } }",
    "{ '@region:eu': { currency: 'EUR', deploy: { user: 'x' } }, '@system:linux': {}, '@host:db1.eu': { a: { $delete: true } } }",
    "{ instances: { beta: { home: 'x', extends: 'a', $schema: 'y', '@target:web': { a: 1 } }, 'dev.dev0': {} } }",
    "{ facsimile: { components: { p: { repo: 'x' } } } }",
    "{ modules: { worker: { service: { n_instances: 2 }, db: { a: 1 } } }, service: { worker: { n_instances: 1 } }, config: { w: { x: 1 } } }",
    "[]",
    "[{ name: 'a' }, { name: 'w', logical_name: 'W', service: { n_instances: 3, queue: 'q' }, db: { port: 1 } }]",
  ])("%s", (text) => {
    expect(takes(text)).toBe(true);
  });
});

describe("slips are seen", () => {
  it.each([
    "{ deploy: { strategie: 'releases' } }",
    "{ deploy: { strategy: 'release' } }",
    "{ deploy: { nodes: { web: 5 } } }",
    "{ deploy: { nodes: { web: 'w1' } } }",
    "{ deploy: { nodes: { web: ['-oProxyCommand=x'] } } }",
    "{ deploy: { nodes: { 'we b': [] } } }",
    "{ deploy: { keep: 0 } }",
    "{ deploy: { keep: 1.5 } }",
    "{ deploy: { parallel: '20' } }",
    "{ deploy: { shared: ['../x'] } }",
    "{ deploy: { postcmd: 5 } }",
    "{ deploy: { postcmd: [{ once: true }] } }",
    "{ deploy: { postcmd: [{ run: 'x', onces: true }] } }",
    "{ deploy: { health: { http: 'ftp://x' } } }",
    "{ deploy: 5 }",
    "{ deploy: null }",
    "{ home: '/' }",
    "{ home: 5 }",
    "{ protected: 'yes' }",
    "{ versions: { p: 1.1 } }",
    "{ projects: { p: { repos: 'x' } } }",
    "{ hosts: { w1: { port: 99999 } } }",
    "{ hosts: { w1: { adress: 'x' } } }",
    "{ install: { groups: [{ type: 'tmpl' }] } }",
    "{ install: { groups: [{ type: 'copy', pattrn: 'x' }] } }",
    "{ files: [{ match: '*', mode: '4755' }] }",
    "{ state: { recipients: ['robin'] } }",
    "{ extends: 5 }",
    "{ $schema: 5 }",
    "{ deploy: { nodes: { web: { $apend: ['w3'] } } } }",
    "{ deploy: { nodes: { web: { $append: 'w3' } } } }",
    "{ deploy: { nodes: { web: { $append: ['a b'] } } } }",
    "{ deploy: { nodes: { web: { $mergeBy: 'name' } } } }",
    "{ deploy: { nodes: { web: { $delete: false } } } }",
    "{ mine: { $apend: [1] } }",
    "{ mine: [{ deep: { $delet: true } }] }",
    "{ $append: [] }",
    "{ '@regoin:eu': {} }",
    "{ '@region': {} }",
    "{ '@region:eu': 5 }",
    "{ '@region:eu': { deploy: { nods: 1 } } }",
    "{ '@region:eu': { '@host:x': {} } }",
    "{ instances: { beta: { deploy: { nods: 1 } } } }",
    "{ instances: { beta: 5 } }",
    "{ modules: { worker: { service: { n_instances: '2' } } } }",
    "[{ nam: 'a' }]",
    "[{ name: 'a b' }]",
    "[{ name: 'a', service: { n_instances: 256 } }]",
    "[5]",
    "5",
  ])("%s", (text) => {
    expect(takes(text)).toBe(false);
  });
});

const keys = fc.constantFrom(
  ...["projects", "versions", "home", "protected", "deploy", "hosts", "regions", "install", "files", "state", "build"],
  ...[
    "user",
    "nodes",
    "waves",
    "keep",
    "precmd",
    "health",
    "shared",
    "groups",
    "run",
    "http",
    "retries",
    "port",
    "region",
  ],
  ...["down", "mode", "match", "scope", "repo", "targets", "path", "type", "dir", "web", "w1.eu", "mine"],
);
const scalar = fc.constantFrom(
  null,
  true,
  0,
  1,
  22,
  1.5,
  "web",
  "w1.eu",
  "shop",
  "a/b",
  "/srv/x",
  "tmpl",
  "http://x",
  "0644",
  "",
  "../x",
);
const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4 },
    scalar,
    fc.dictionary(keys, tie("tree"), { maxKeys: 3, noNullPrototype: true }),
    fc.array(tie("tree"), { maxLength: 2 }),
  ),
}));
const layer = fc.dictionary(keys, tree, { maxKeys: 3, noNullPrototype: true });

it("what the schema refuses, a definition refuses; and the other way round, but for keys that other layers may add", () => {
  fc.assert(
    fc.property(layer, (values) => {
      const findings = findingsOf(values as ValueMap);
      const slips = findings.filter(({ message }) => !message.includes(" is missing;"));
      const taken = takes(JSON.stringify(values));
      expect({ values, slips: taken && slips.length > 0, overdone: !taken && findings.length === 0 }).toEqual({
        values,
        slips: false,
        overdone: false,
      });
    }),
    { numRuns: 3000 },
  );
});

describe("each well-known key", () => {
  const { keys: known, module } = knownSchemas();
  const told = [
    ...toldIn({ properties: known }),
    ...toldIn(module).map((each) => ({ ...each, path: `module ${each.path}` })),
  ];

  it("says what it is for, and what is expected there", () => {
    const texts = {
      ...TEXTS,
      ...Object.fromEntries(Object.entries(MODULE_TEXTS).map(([key, text]) => [`module ${key}`, text])),
    };
    const own = told.filter(({ path: at }) => !/^(modules|service)\.\*\./.test(at));
    for (const { path: at, description } of own) expect(description, at).toContain(texts[at] ?? `a text for ${at}`);
    expect(Object.keys(texts).filter((each) => !own.some(({ path: at }) => at === each))).toEqual([]);
    expect(told.find(({ path: at }) => at === "deploy.nodes")?.description).toBe(
      "Which hosts play which part. Without it, everything lands on this machine. Expected: a map of targets to lists of hosts.",
    );
  });
});

interface Told {
  readonly path: string;
  readonly description: string;
}

/** Every key of a schema with its description; lists and unions add nothing to a path. */
function toldIn(schema: unknown, at = ""): readonly Told[] {
  if (typeof schema !== "object" || schema === null) return [];
  const { properties = {}, additionalProperties, items, anyOf = [] } = schema as { [key: string]: never };
  const below = Object.entries({
    ...(properties as object),
    ...(Object.keys(additionalProperties ?? {}).length > 0 && { "*": additionalProperties }),
  });
  return [
    ...below.flatMap(([key, inner]) => {
      const place = at === "" ? key : `${at}.${key}`;
      return [
        { path: place, description: String((inner as { description?: string }).description) },
        ...toldIn(inner, place),
      ];
    }),
    ...[items, ...(anyOf as unknown[])].flatMap((inner) => toldIn(inner, at)),
  ];
}

describe("with the user's own schema", () => {
  const user = `{
    title: "Our shop",
    properties: {
      banner: { type: "string", maxLength: 5, description: "Shown on top.", default: "hi", deprecated: "Write title." },
      mail: { properties: { port: { type: "integer", minimum: 1 }, key: { type: "string", secret: true } }, required: ["port"], additionalProperties: false },
      peers: { items: { properties: { name: { pattern: "^a" } }, required: ["name"] }, uniqueItems: true },
      loose: { pattern: "(?i)^a" },
      "a/b~c%": { type: ["integer", "null"] },
      view: { enum: ["list", "map"] },
      any: {},
      directive: { items: { properties: { deep: { items: { properties: { name: { type: "string", description: "${"x".repeat(300)}" } } } } } } },
    },
    required: ["banner"],
    additionalProperties: false,
  }`;

  it("its keys are checked like ours", async () => {
    const check = await checker(user);
    const right = [
      "{}",
      "{ banner: 'hello', home: 'x' }",
      "{ banner: '${home} sweet home' }",
      "{ banner: { $delete: true }, mail: { key: { $secret: 'x' } } }",
      "{ mail: { port: '${port}' }, '@region:eu': { mail: { port: 5 } } }",
      "{ peers: [{ name: 'a' }], 'a/b~c%': null, view: 'list', any: [{}], directive: [{ deep: [{ name: 'x' }] }] }",
      "{ peers: { $append: [{ name: 'ab' }] }, loose: 'B', instances: { beta: { banner: 'x' } } }",
    ];
    const wrong = [
      "{ baner: 'x' }",
      "{ banner: 'too long' }",
      "{ mail: { prot: 1 } }",
      "{ mail: { port: 0 } }",
      "{ '@region:eu': { mail: { port: 'x' } } }",
      "{ '@region:eu': { baner: 1 } }",
      "{ peers: [{}] }",
      "{ peers: [{ name: 'b' }] }",
      "{ peers: { $append: [{ name: 'b' }] } }",
      "{ 'a/b~c%': 'x' }",
      "{ view: 'table' }",
      "{ loose: 5 }",
      "{ directive: [{ deep: [{ name: 5 }] }] }",
      "{ instances: { beta: { banner: 5 } } }",
    ];
    expect(right.filter((text) => !check(text))).toEqual([]);
    expect(wrong.filter(check)).toEqual([]);
  });

  it("says what the user says, and is another schema than the published one", async () => {
    const source = parseSource({ file: "define/schema.json5", text: user });
    const document = await jsonSchema(readUserSchema(source, () => expect.unreachable()));
    expect(document).toMatchObject({
      $id: "urn:facsimile:definition:own",
      title: "Our shop",
      properties: {
        banner: { description: "Shown on top.\nDeprecated: Write title.", default: "hi", deprecated: true },
      },
    });
    expect(JSON.stringify(document)).toContain('A secret: write {$secret: \\"name\\"}.');
  });

  it("comes to a schema that a validator takes, whatever it describes", async () => {
    await fc.assert(
      fc.asyncProperty(fc.dictionary(word, described, { noNullPrototype: true, minKeys: 4 }), async (properties) => {
        const source = parseSource({ file: "define/schema.json5", text: JSON.stringify({ properties }) });
        const schema = readUserSchema(source, () => undefined);
        expect(compile(await jsonSchema(schema))).toBeTypeOf("function");
      }),
      { numRuns: 20 },
    );
  });
});

const word = fc.constantFrom(
  "a",
  "view",
  "any",
  "a/b",
  "~1",
  "%2F",
  "directive",
  "layer",
  "instances",
  "toString",
  "é",
);
const { described } = fc.letrec<{ described: unknown }>((tie) => ({
  described: fc.oneof(
    { maxDepth: 2 },
    fc.constant({}),
    fc.record(
      {
        type: fc.array(fc.constantFrom("string", "integer", "object", "array", "null"), { minLength: 1 }),
        enum: fc.array(scalar),
        default: scalar,
        pattern: fc.constantFrom("^a", "(?i)a", "\\pL", "\\x{10FFFF}"),
        minimum: fc.constantFrom(0, 1, -1),
        properties: fc.dictionary(word, tie("described"), { maxKeys: 2, noNullPrototype: true }),
        required: fc.array(word),
        items: tie("described"),
        additionalProperties: fc.oneof(fc.constant(false), tie("described")),
        deprecated: fc.constantFrom(true, "x"),
        title: fc.constant("x"),
        examples: fc.array(scalar),
      },
      { requiredKeys: [] },
    ),
  ),
}));

function markdownBelow(from: string): readonly string[] {
  if (from.endsWith(".md")) return [from];
  if (!fs.statSync(from).isDirectory() || /node_modules|dist|sources$|make-sources/.test(path.basename(from)))
    return [];
  return fs.readdirSync(from).flatMap((name) => {
    const file = path.join(from, name);
    return name.endsWith(".md") || fs.statSync(file).isDirectory() ? markdownBelow(file) : [];
  });
}
