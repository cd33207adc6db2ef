import { describe, expect, it } from "vitest";
import { parseSource } from "../files/source-file.ts";
import { WELL_KNOWN_KEYS } from "../user-schema/names.ts";
import { readUserSchema } from "../user-schema/user-schema.ts";
import { freeze, type Value, type ValueMap } from "../value.ts";
import { definitionSchema } from "./schema.ts";
import { findingsOf, wellKnownKeys } from "./validate.ts";

const user = (text: string) =>
  readUserSchema(parseSource({ file: "define/schema.json5", text }), (problem) => expect(problem).toBeUndefined());

it("the list of well-known keys, which needs no library, is that of the schema", () => {
  expect(WELL_KNOWN_KEYS).toEqual(Object.keys(definitionSchema.def.shape));
  expect(wellKnownKeys()).toEqual(WELL_KNOWN_KEYS);
});

describe("what was checked once", () => {
  /** Counts how often anything looks into it. */
  function watched(value: object): { value: Value; looks(): number } {
    let looks = 0;
    const get = (target: object, key: string | symbol, self: unknown) => {
      looks++;
      return Reflect.get(target, key, self);
    };
    return { value: new Proxy(Object.freeze(value), { get }) as Value, looks: () => looks };
  }

  it("is not looked into again, however many definitions share it", () => {
    const projects = watched({ storefront: Object.freeze({ repo: "sources/storefront" }) });
    const banner = watched({ text: "hello" });
    const schema = user("{ properties: { banner: { properties: { text: { type: 'string' } } } } }");
    expect(findingsOf(freeze({ projects: projects.value, banner: banner.value, home: "a" }), schema)).toEqual([]);
    const first = [projects.looks(), banner.looks()];
    expect(Math.min(...first)).toBeGreaterThan(0);
    for (let run = 0; run < 1000; run++) {
      findingsOf({ projects: projects.value, banner: banner.value, home: `home${run}` }, schema);
    }
    expect([projects.looks(), banner.looks()]).toEqual(first);
  });

  it("is found wrong again, with the same findings", () => {
    const values = freeze<ValueMap>({ deploy: { nods: 1 }, banner: { text: 1 } });
    const schema = user("{ properties: { banner: { properties: { text: { type: 'string' } } } } }");
    const first = findingsOf(values, schema);
    expect(first.map(({ path }) => path.join("."))).toEqual(["deploy.nods", "banner.text"]);
    expect(findingsOf({ ...values }, schema)).toEqual(first);
    expect(findingsOf({ ...values }, schema)[1]).toBe(first[1]);
  });

  it("is checked anew under another key, and against another schema", () => {
    const shared = freeze<ValueMap>({ worker: { text: 1 } });
    expect(findingsOf({ modules: shared, banner: shared })).toEqual([]);
    expect(findingsOf({ projects: shared }).map(({ path }) => path.join("."))).toEqual(["projects.worker.text"]);
    const strict = user("{ properties: { banner: { additionalProperties: { type: 'string' } } } }");
    expect(findingsOf({ banner: shared }, strict).map(({ path }) => path.join("."))).toEqual(["banner.worker"]);
    expect(findingsOf({ banner: shared }, user("{ properties: { banner: {} } }"))).toEqual([]);
    const twice = user("{ properties: { a: { type: 'string' }, b: { type: 'array' } } }");
    expect(findingsOf({ a: shared, b: shared }, twice).map(({ message }) => message)).toEqual([
      "a is a map; expected a text",
      "b is a map; expected a list",
    ]);
  });

  it("and may still change is never remembered", () => {
    const deploy: { user: string } = { user: "shop" };
    expect(findingsOf({ deploy })).toEqual([]);
    deploy.user = "a b";
    expect(findingsOf({ deploy })).toHaveLength(1);
  });

  it("costs next to nothing: a thousand definitions with a thousand hosts each", () => {
    const hosts = freeze<ValueMap>(
      Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`web${index}.eu`, { region: "eu", port: 22 }])),
    );
    const started = performance.now();
    for (let run = 0; run < 1000; run++) findingsOf({ hosts, home: "shop" });
    expect(performance.now() - started).toBeLessThan(500);
  });
});

it("each thing is said once, though two rules are broken", () => {
  expect(
    findingsOf({ hosts: { w: { port: 99_999.5 } }, deploy: { keep: -0.5 } }).map(({ message }) => message),
  ).toEqual([
    "deploy.keep is the number -0.5; expected a whole number of releases, 1 to 1000",
    "hosts.w.port is the number 99999.5; expected a port, 1 to 65535",
  ]);
});

it("keys that every object has are no values", () => {
  expect(findingsOf({})).toEqual([]);
  expect(findingsOf({}, user("{ properties: { toString: { type: 'string' }, valueOf: {} } }"))).toEqual([]);
  expect(
    findingsOf({ toString: 1 } as unknown as ValueMap, user("{ properties: { toString: { type: 'string' } } }")),
  ).toHaveLength(1);
});
