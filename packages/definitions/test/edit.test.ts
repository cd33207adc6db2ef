import fs from "node:fs/promises";
import path from "node:path";
import { parseInstance, parseProject } from "@facsimile/core";
import JSON5 from "json5";
import { describe, expect, it } from "vitest";
import { planVersionEdit } from "../src/index.ts";
import { problems, world } from "./world.ts";

const PROJECTS = "{ projects: { storefront: { repo: 'x' }, ledger: { repo: 'y' } } }";

/** What becomes of the instance `beta`, written in `text`, when storefront goes to 1.1.0. */
async function edited(
  text: string,
  { file = "define/beta.json5", more = {}, version = "1.1.0", set = [] as string[] } = {},
) {
  const w = await world({ "define/facsimile.json5": PROJECTS, [file]: text, ...more });
  const options = { instance: parseInstance("beta"), project: parseProject("storefront"), version, set };
  const plan = await planVersionEdit(await w.now(), options);
  if (plan !== undefined) {
    expect(plan).toMatchObject({ file, before: text });
    await fs.writeFile(path.join(w.root, file), plan.after);
    expect((await w.resolve("beta")).values.versions?.["storefront"]).toBe(version);
    expect(await planVersionEdit(await w.now(), options)).toBeUndefined();
  }
  return plan?.after;
}

describe("the version is written into JSON5", () => {
  it.each([
    [
      "in place, and nothing else",
      "{\n  // keep\n  versions: { storefront: \"1.0.0\", /* b */ ledger: '2' }, // why\n}\n",
      "{\n  // keep\n  versions: { storefront: \"1.1.0\", /* b */ ledger: '2' }, // why\n}\n",
    ],
    ["in its quotes", "{versions:{'storefront':'1.0.0'}}", "{versions:{'storefront':'1.1.0'}}"],
    [
      "beside other versions, a line each",
      "{\n  versions: {\n    ledger: '2', // the bookkeeper\n  },\n  x: 1,\n}\n",
      "{\n  versions: {\n    ledger: '2', // the bookkeeper\n    storefront: '1.1.0',\n  },\n  x: 1,\n}\n",
    ],
    [
      "without a comma where there was none",
      '{\n\t"versions": {\n\t\t"ledger": "2" // x\n\t}\n}\n',
      '{\n\t"versions": {\n\t\t"ledger": "2", // x\n\t\t"storefront": "1.1.0"\n\t}\n}\n',
    ],
    [
      "in one line where that is so",
      "{ versions: { ledger: '2' } }",
      "{ versions: { ledger: '2', storefront: '1.1.0' } }",
    ],
    [
      "behind a comma in one line",
      "{ versions: { ledger: '2', } }",
      "{ versions: { ledger: '2', storefront: '1.1.0', } }",
    ],
    ["into an empty map", "{ versions: {}, x: 1 }", '{ versions: { storefront: "1.1.0" }, x: 1 }'],
    [
      "into a map of comments",
      "{\n  versions: {\n    // none yet\n  },\n}\n",
      '{\n  versions: {\n    // none yet\n    storefront: "1.1.0",\n  },\n}\n',
    ],
    [
      "with a new map",
      '{\n  home: "x", // here\n  // end\n}\n',
      '{\n  home: "x", // here\n  versions: {\n    storefront: "1.1.0",\n  },\n  // end\n}\n',
    ],
    [
      "with a new map, by quotes and indent of its neighbours",
      "{\n    'home': 'x'\n}\n",
      "{\n    'home': 'x',\n    'versions': {\n        'storefront': 'VERSION'\n    }\n}\n".replace(
        "'VERSION'",
        "'1.1.0'",
      ),
    ],
    ["with a new map, in one line", "{ home: 'x' }", "{ home: 'x', versions: { storefront: '1.1.0' } }"],
    ["into an empty file", "{}", '{ versions: { storefront: "1.1.0" } }'],
    [
      "into a file of comments",
      "// what\n{\n  // soon\n}\n",
      '// what\n{\n  // soon\n  versions: {\n    storefront: "1.1.0",\n  },\n}\n',
    ],
    [
      "with the line ends that it has",
      '{\r\n  home: "x",\r\n}\r\n',
      '{\r\n  home: "x",\r\n  versions: {\r\n    storefront: "1.1.0",\r\n  },\r\n}\r\n',
    ],
    [
      "in place of a reference",
      '{ r: "9", versions: { storefront: "${r}" } }',
      '{ r: "9", versions: { storefront: "1.1.0" } }',
    ],
  ])("%s", async (_, before, after) => {
    expect(await edited(before)).toBe(after);
    expect(JSON5.parse(after).versions.storefront).toBe("1.1.0");
  });

  it("and JSON stays JSON", async () => {
    const after = await edited('{\n  "home": "x"\n}\n', { file: "define/beta.json" });
    expect(after).toBe('{\n  "home": "x",\n  "versions": {\n    "storefront": "1.1.0"\n  }\n}\n');
    expect(await edited('{"versions": {"storefront": "1"}}', { file: "define/beta.json" })).toBe(
      '{"versions": {"storefront": "1.1.0"}}',
    );
    expect(await edited("{}", { file: "define/beta.json" })).toBe('{ "versions": { "storefront": "1.1.0" } }');
  });
});

describe("the version is written into YAML", () => {
  it.each([
    [
      "in place",
      "# top\nversions:\n  storefront: 1.0.0 # why\n  ledger: '2'\nx:   1\n",
      "# top\nversions:\n  storefront: 1.1.0 # why\n  ledger: '2'\nx:   1\n",
    ],
    ["in its quotes", "versions: {storefront: '1.0.0'}\n", "versions: {storefront: '1.1.0'}\n"],
    [
      "beside others, comments kept",
      "# top\nversions:\n  ledger: '2' # b\n# end\nx: 1\n",
      "# top\nversions:\n  ledger: '2' # b\n  storefront: 1.1.0\n# end\nx: 1\n",
    ],
    ["with a new map", "home: x # here\n", "home: x # here\nversions:\n  storefront: 1.1.0\n"],
    ["into a file of comments", "# soon\n", "# soon\n\nversions:\n  storefront: 1.1.0\n"],
  ])("%s", async (_, before, after) => {
    expect(await edited(before, { file: "define/beta.yaml" })).toBe(after);
  });

  it("as text, also where it looks like a number", async () => {
    expect(await edited("versions:\n  storefront: '1.0'\n", { file: "define/beta.yml", version: "1.10" })).toContain(
      "storefront: '1.10'",
    );
    expect(await edited("versions:\n  storefront: v1\n", { file: "define/beta.yml", version: "1.10" })).toContain(
      'storefront: "1.10"',
    );
    expect(await edited("home: x\n", { file: "define/beta.yml", version: "1.10" })).toContain('storefront: "1.10"');
  });
});

describe("where it is written", () => {
  it("is the instance's last layer, though a weaker one has a version", async () => {
    const w = await world({
      "define/facsimile.json5": PROJECTS,
      "define/dev.json5": "{ versions: { storefront: '1' } }",
      "define/dev0.json5": "{ extends: './base' }",
      "define/base.json5": "{ versions: { storefront: '2' } }",
    });
    const options = { instance: parseInstance("dev.dev0"), project: parseProject("storefront") };
    expect(await planVersionEdit(await w.now(), { ...options, version: "3" })).toEqual({
      file: "define/dev0.json5",
      before: "{ extends: './base' }",
      after: "{ extends: './base', versions: { storefront: '3' } }",
    });
    expect(await planVersionEdit(await w.now(), { ...options, version: "2" })).toBeUndefined();
  });

  it("is a new file where only the source defines the instance", async () => {
    const w = await world({
      "define/facsimile.json5": "{ projects: { p: { repo: 'x', definitions: 'source' } } }",
      "src/config/facsimile/beta.json5": "{}",
    });
    const plan = await planVersionEdit(await w.now(), {
      instance: parseInstance("beta"),
      project: parseProject("p"),
      version: "1.0.0",
      source: path.join(w.root, "src"),
    });
    expect(plan).toEqual({
      file: "define/beta.json5",
      before: "",
      after: '{\n  versions: {\n    "p": "1.0.0",\n  },\n}\n',
    });
  });

  it("is the instance's own part where a repository carries its definitions in one file", async () => {
    const text = "{ projects: { p: { repo: '.' } }, instances: { dev: { versions: { p: '1' } }, beta: {} } }";
    const w = await world({ "config/facsimile.json5": text });
    const options = { project: parseProject("p"), version: "2" };
    expect(await planVersionEdit(await w.now(), { ...options, instance: parseInstance("dev") })).toEqual({
      file: "config/facsimile.json5",
      before: text,
      after: text.replace("'1'", "'2'"),
    });
    expect((await planVersionEdit(await w.now(), { ...options, instance: parseInstance("beta") }))?.after).toBe(
      text.replace("beta: {}", "beta: { versions: { p: '2' } }"),
    );
  });

  it("is found with the environment that a local instance asks for", async () => {
    const w = await world({ "define/facsimile.json5": PROJECTS, "define/dev.json5": "{ owner: '${env:USER}' }" });
    const options = { instance: parseInstance("dev"), project: parseProject("ledger"), version: "2" };
    const plan = await planVersionEdit(await w.now(), { ...options, env: { USER: "robin" } });
    expect(plan?.after).toBe("{ owner: '${env:USER}', versions: { ledger: '2' } }");
    expect((await problems(planVersionEdit(await w.now(), options)))[0]).toMatch(/^ENV_UNSET/);
  });

  it("is nowhere while a stronger value would hide it", async () => {
    expect(await problems(edited("{}", { set: ["versions.storefront=9"] }))).toEqual([
      'VERSION_HIDDEN versions.storefront would stay "9": --set versions.storefront is stronger than define/beta.json5 (Change it there, or take it out.)',
    ]);
    expect((await problems(edited("{ '@system:linux': { versions: { storefront: '8' } } }")))[0]).toMatch(
      /^VERSION_HIDDEN define\/beta\.json5:1:46: versions\.storefront would stay "8"/,
    );
  });

  it("is left to the user where a directive stands", async () => {
    expect(await problems(edited("{ versions: { $replace: { storefront: '1' } } }"))).toEqual([
      'VERSION_EDIT define/beta.json5:1:13: define/beta.json5 cannot be edited safely (Write versions: { storefront: "1.1.0" } by hand.)',
    ]);
    expect((await problems(edited("base: &v {ledger: '1'}\nversions: *v\n", { file: "define/beta.yaml" })))[0]).toMatch(
      /^VERSION_EDIT/,
    );
  });

  it("is refused for a name that is no version, and for an unknown instance", async () => {
    expect((await problems(edited("{}", { version: "--x" })))[0]).toMatch(/^BAD_NAME/);
    const w = await world({ "define/facsimile.json5": PROJECTS });
    const plan = planVersionEdit(await w.now(), {
      instance: parseInstance("nope"),
      project: parseProject("ledger"),
      version: "1",
    });
    expect((await problems(plan))[0]).toMatch(/^UNKNOWN_INSTANCE/);
  });
});
