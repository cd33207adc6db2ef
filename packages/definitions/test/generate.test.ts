import { describe, expect, it } from "vitest";
import { said } from "./said.ts";
import { world } from "./world.ts";

const generating = (rules: string) => said({ staging: `{\n  state: { generate: ${rules} },\n}` });

describe("state.generate", () => {
  it("says how secrets are made", async () => {
    const rules = {
      "db/root": "uuid",
      "api/key": { hex: 32 },
      cookie: { base64: 1024 },
      "passwd/shop": { length: 1, alphabet: "äb" },
      "mail/secret": { length: 20 },
    };
    const { resolve } = await world({
      "define/facsimile.json5": '{ projects: { shop: { repo: "x" } }, home: "shop" }',
      "define/staging.json5": JSON.stringify({ state: { generate: rules } }),
    });
    expect((await resolve("staging")).values.state?.generate).toEqual(rules);
  });

  it.each([
    ["{ 'db/root': 'uid' }", 'is "uid"; expected "uuid", {hex: 32}, {base64: 32} or {length: 20}', "2:35"],
    ["{ 'db/root': 32 }", 'is the number 32; expected "uuid", {hex: 32}, {base64: 32} or {length: 20}', "2:35"],
    ["{ 'db/root': { hex: 0 } }", ".hex is the number 0; expected a whole number of bytes, 1 to 1024", "2:42"],
    ["{ 'db/root': { hex: 1025 } }", ".hex is the number 1025; expected a whole number of bytes, 1 to 1024", "2:42"],
    [
      "{ 'db/root': { base64: 1.5 } }",
      ".base64 is the number 1.5; expected a whole number of bytes, 1 to 1024",
      "2:45",
    ],
    [
      "{ 'db/root': { length: 2000 } }",
      ".length is the number 2000; expected a whole number of characters, 1 to 1024",
      "2:45",
    ],
    [
      "{ 'db/root': { length: 9, alphabet: 'aaa' } }",
      '.alphabet is "aaa"; expected at least two different characters',
      "2:58",
    ],
    [
      "{ 'db/root': { length: 9, alphabet: '😀' } }",
      '.alphabet is "😀"; expected at least two different characters',
      "2:58",
    ],
  ])("refuses %s", async (rules, message, place) => {
    const [problem] = await generating(rules);
    expect(problem).toBe(`INVALID_VALUE define/staging.json5:${place}: state.generate."db/root"${dotted(message)}`);
  });

  it("refuses what is no name of a secret", async () => {
    expect(await generating("{ 'passwd/': 'uuid' }")).toEqual([
      'INVALID_VALUE define/staging.json5:2:24: state.generate."passwd/" is not allowed as a key; expected a name of a secret such as db/root',
    ]);
  });

  it("belongs to the instance", async () => {
    const [problem] = await said({ staging: "{}", storefront: "{ state: { generate: { x: 'uuid' } } }" });
    expect(problem).toBe("KEY_NOT_ALLOWED define/storefront.json5:1:3: a project's layer cannot set state");
  });
});

const dotted = (message: string) => (message.startsWith(".") ? message : ` ${message}`);
