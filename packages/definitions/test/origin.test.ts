import { parsePath } from "@facsimile/core";
import { describe, expect, it } from "vitest";
import { problems, world } from "./world.ts";

const projects = "projects: { p: { repo: 'sources/p', targets: ['web'] } }";
const simple = (more: Record<string, string> = {}) => world({ "define/facsimile.json5": `{${projects}}`, ...more });

describe("origin", () => {
  it("tells who set a value and what it overrode, deepest first", async () => {
    const { resolve } = await simple({
      "define/p.json5": "{ deploy: { user: 'p' } }",
      "define/beta.json5": "{\n  deploy: {\n    user: 'beta',\n  },\n  '@host:local': { x: 1 },\n}",
    });
    const { origin, hosts } = await resolve("beta", { project: "p", set: ["deploy.user=me"] });
    expect(origin(parsePath("deploy.user"))).toEqual({
      layer: "--set deploy.user",
      position: undefined,
      value: "me",
      overrode: [
        {
          layer: "define/beta.json5",
          position: { file: "define/beta.json5", line: 3, column: 11, length: 6 },
          value: "beta",
          overrode: [],
        },
        {
          layer: "define/p.json5",
          position: { file: "define/p.json5", line: 1, column: 19, length: 3 },
          value: "p",
          overrode: [],
        },
      ],
    });
    expect(origin(["deploy", "keep"])).toMatchObject({ layer: "defaults", position: undefined, value: 5 });
    expect(origin(["nope"])).toBeUndefined();
    expect(origin(["x"])).toBeUndefined();
    expect(origin(["x"], hosts[0])).toMatchObject({ value: 1, position: { line: 5 } });
  });

  it("follows lists and directives", async () => {
    const { resolve } = await simple({
      "define/a.json5": "{ l: ['x'], m: { k: 1 } }",
      "define/a.b.json5": "{ l: { $append: ['y'] }, m: { $replace: { k: 2 } } }",
    });
    const { origin } = await resolve("a.b");
    expect(origin(["l", "1"])).toMatchObject({ value: "y", position: { file: "define/a.b.json5", column: 6 } });
    expect(origin(["m", "k"])).toMatchObject({ value: 2, overrode: [{ value: 1 }] });
  });
});

describe("--set", () => {
  it("takes JSON5, else a text; versions are always texts", async () => {
    const { resolve } = await simple({ "define/beta.json5": "{}" });
    const { values } = await resolve("beta", {
      set: ["a.b=5", "c={d: [1]}", 'e="5"', "f=some words", "versions.p=1.10", 'hosts."db1.eu".port=5', "g="],
    });
    expect(values).toMatchObject({
      a: { b: 5 },
      c: { d: [1] },
      e: "5",
      f: "some words",
      versions: { p: "1.10" },
      hosts: { "db1.eu": { port: 5 } },
      g: "",
    });
  });

  it("is refused without a path or with a dangerous one", async () => {
    const { resolve } = await simple({ "define/beta.json5": "{}" });
    expect((await problems(resolve("beta", { set: ["home"] })))[0]).toBe(
      'BAD_SET --set home: there is no "=" (Write --set path=value.)',
    );
    expect((await problems(resolve("beta", { set: ["__proto__.x=1"] })))[0]).toMatch(/^BAD_SET/);
    expect((await problems(resolve("beta", { set: ["a..b=1"] })))[0]).toMatch(/^BAD_PATH/);
  });
});
