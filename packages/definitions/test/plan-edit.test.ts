import { describe, expect, it } from "vitest";
import { after, beside, effects, FACSIMILE, plan, refused } from "./planned.ts";

describe("the layer of an edit", () => {
  const files = {
    "define/facsimile.json5": FACSIMILE,
    "define/shop.json5": "{ a: 'shop' }",
    "define/dev.json5": "{ extends: './base/common', a: 'dev' }",
    "define/dev0.json5": "{ a: 'dev0' }",
    "define/staging.yaml": "a: staging\n",
    "define/base/common.json5": "{ a: 'common' }",
    "define/modules.json5": "[{ name: 'worker' }]",
    "define/schema.json5": "{}",
  };

  it.each([
    ["facsimile", "define/facsimile.json5"],
    ["shop", "define/shop.json5"],
    ["dev", "define/dev.json5"],
    ["dev0", "define/dev0.json5"],
    ["dev.dev0", "define/dev0.json5"],
    ["define/staging.yaml", "define/staging.yaml"],
    ["./define/base/common.json5", "define/base/common.json5"],
    ["define/base/common", "define/base/common.json5"],
    ["/r/define/dev.json5", "define/dev.json5"],
  ])("may be called %s", async (name, found) => {
    expect(await plan(files, `${name} b 1`)).toMatchObject({ file: found, before: files[found as keyof typeof files] });
  });

  it.each(["stagin", "staging.json5", "define/staging.json5", "../r/nope", "/etc/passwd", "define/../dev", "", "."])(
    "is none called %j",
    async (name) => {
      expect(await refused(files, `${name} b 1`)).toMatch(/^UNKNOWN_LAYER there is no layer /);
    },
  );

  it("is guessed where its name is not quite right, and else the names are listed", async () => {
    expect(await refused(files, "stagin b 1")).toBe("UNKNOWN_LAYER there is no layer stagin (Did you mean staging?)");
    expect(await refused(files, "xyzzy b 1")).toBe(
      "UNKNOWN_LAYER there is no layer xyzzy (Layers are facsimile, dev, dev0, shop, staging; or name a file.)",
    );
  });

  it.each(["modules", "define/modules.json5", "schema", "define/schema.json5"])("is not %s", async (name) => {
    expect(await refused(files, `${name} b 1`)).toMatch(
      /^UNKNOWN_LAYER \S+ is no layer: no instance inherits it as it is/,
    );
  });

  it("may be one that nobody uses", async () => {
    const unused = { ...files, "define/base/old.json5": "{}" };
    expect(await plan(unused, "define/base/old.json5 b 1")).toMatchObject({ after: "{ b: 1 }", effects: [] });
  });

  it("is a part of the file where one file holds all", async () => {
    const single = "{ projects: { shop: { repo: '.' } }, x: 1, instances: { beta: { y: 1 }, 'dev.dev0': {} } }";
    const own = { "config/facsimile.json5": single };
    expect(await after(own, "beta y 2")).toBe(single.replace("y: 1", "y: 2"));
    expect(await after(own, "dev.dev0 y 2")).toBe(single.replace("'dev.dev0': {}", "'dev.dev0': { y: 2 }"));
    expect(await after(own, "facsimile x 2")).toBe(single.replace("x: 1", "x: 2"));
    expect(await after(own, "config/facsimile.json5 x 2")).toBe(single.replace("x: 1", "x: 2"));
    expect(await effects(own, "beta y 2")).toEqual(["beta shop: seen"]);
    expect(await effects(own, "facsimile x 2")).toEqual(["beta shop: seen", "dev.dev0 shop: seen"]);
    expect(await refused(own, "facsimile instances.beta.y 2")).toBe(
      "UNKNOWN_LAYER instances.beta.y lies in the layer beta, not in facsimile (Name it as the layer: --in beta)",
    );
    expect(await refused(own, "facsimile instances")).toMatch(/UNKNOWN_INSTANCE .*beta would be wrong/);
    expect(await refused(own, "gamma y 1")).toContain("Layers are facsimile, beta, dev.dev0;");
  });

  it("is a file of config/facsimile/ where a repository carries its own definitions", async () => {
    const own = {
      "config/facsimile/facsimile.json5": "{ projects: { shop: { repo: '.' } } }",
      "config/facsimile/beta.json5": "{ extends: './base/x' }",
      "config/facsimile/base/x.json5": "{}",
    };
    expect(await plan(own, "beta y 1")).toMatchObject({ file: "config/facsimile/beta.json5" });
    expect(await effects(own, "config/facsimile/base/x.json5 y 1")).toEqual(["beta shop: seen"]);
  });
});

describe("the text of an edit", () => {
  it("is that of the file, and only what is to change differs", async () => {
    const text = "{\n  // ours\n  banner: 'x', /* b */ deploy: { keep: 3 },\n}\n";
    expect(await after(beside(text), "dev banner sale")).toBe(text.replace("'x'", "'sale'"));
    expect(await after(beside(text), "dev deploy.keep 4")).toBe(text.replace("3", "4"));
    expect(await after(beside(text), "dev deploy.keep")).toBe(text.replace("{ keep: 3 }", "{}"));
    expect(await after(beside("banner: x # y\n", "define/dev.yaml"), "dev banner sale")).toBe("banner: sale # y\n");
  });

  it("is the same where the layer says that already, or not at all", async () => {
    for (const command of ["dev banner x", "dev nothing", "dev banner.below", "dev deploy.nodes.web", "dev list.7"]) {
      const text = "{ banner: 'x', list: [1] }";
      const planned = await plan(beside(text), command);
      expect(planned).toMatchObject({ before: text, after: text, effects: [], warnings: [] });
    }
  });

  it("takes versions as texts, and other values as JSON5 or, failing that, as texts", async () => {
    const set = (command: string) => after(beside("{}"), `dev ${command}`);
    expect(await set("versions.shop 1.10")).toBe('{ versions: { shop: "1.10" } }');
    expect(await set("port 8_077")).toBe('{ port: "8_077" }');
    expect(await set("a -5 // five less")).toBe("{ a: -5 }");
    expect(await set("a null")).toBe("{ a: null }");
    expect(await set("a ")).toBe('{ a: "" }');
    expect(await set("a -")).toBe('{ a: "-" }');
    expect(await set("a {b: [1, 'x']}")).toBe('{ a: { b: [1, "x"] } }');
    expect(await set("a ${home}/x")).toBe('{ a: "${home}/x" }');
  });

  it("is no other than what can be read back", async () => {
    const set = (command: string) => refused(beside("{}"), `dev ${command}`);
    expect(await set("__proto__.x 1")).toMatch(/^FORBIDDEN_KEY the key "__proto__" is not allowed/);
    expect(await set("a {constructor: 1}")).toMatch(/^FORBIDDEN_KEY the key "constructor"/);
    expect(await set('"a\\u0007" 1')).toMatch(/^FORBIDDEN_KEY the key "a\\u0007" holds a character/);
    expect(await set("a {b: 1, b: 2}")).toMatch(/^DUPLICATE_KEY the key "b"/);
    expect(await set("a 12345678901234567890")).toMatch(/^INVALID_VALUE 12345678901234567890 has more digits/);
    expect(await set("a Infinity")).toMatch(/^INVALID_VALUE Infinity is no number/);
    expect(await set(`a ${"[".repeat(101)}${"]".repeat(101)}`)).toMatch(/^FILE_TOO_DEEP/);
  });

  it("is left to the user where it cannot be made safely, and says what stands in the way", async () => {
    const text = "{ banner: 'x', list: ['a', 'b'], tags: { $append: ['c'] } }";
    const by = (command: string) => refused(beside(text), `dev ${command}`);
    expect(await by("banner.below 1")).toBe(
      "EDIT_UNSAFE define/dev.json5:1:11: define/dev.json5 cannot be edited safely here: banner is a string, and nothing can stand below it (Nothing was written. Open it, and write banner.below by hand.)",
    );
    expect(await by("list.0")).toMatch(
      /list is a list; set it as a whole, or let \{\$append: \[…\]\} or \{\$remove: \[…\]\} change it \(.* take list\.0 out/,
    );
    expect(await by("list.2 c")).toContain("list is a list; set it as a whole");
    expect(await by("tags.$append.5 c")).toContain("tags.$append is a list; set it as a whole");
    const schema = beside("{ m: { $schema: 'x', a: 'text' } }");
    expect(await refused(schema, "dev m.a.b 1")).toContain("m.a is a string, and nothing can stand below it");
    expect(await by("tags.x c")).toContain("tags is a directive, $append, which takes no other keys");
    expect(await after(beside(text), "dev list.1 c")).toBe(text.replace("'b'", "'c'"));
    const aliased = beside("a: &x { b: 1 }\nc: *x\n", "define/dev.yaml");
    expect(await refused(aliased, "dev c.d 1")).toMatch(
      /^EDIT_UNSAFE define\/dev\.yaml:\S+ \S+ cannot be edited safely here \(/,
    );
  });
});
