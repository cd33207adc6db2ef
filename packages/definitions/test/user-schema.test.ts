import { expect, it } from "vitest";
import { problems, world } from "./world.ts";

const PROJECTS = "projects: { shop: { repo: 'x', targets: ['web'] } }";
const told = (warnings: readonly { code: string; message: string; position?: object | undefined }[]) =>
  warnings.map(({ code, message, position }) => {
    const { file, line, column } = position as { file: string; line: number; column: number };
    return `${code} ${file}:${line}:${column} ${message}`;
  });

it("defaults of the user's schema lie beneath every layer, and know where they are written", async () => {
  const { resolve } = await world({
    "define/schema.json5":
      "{ properties: {\n banner: { type: 'string', default: 'hello' },\n mail: { properties: { port: { default: 25 } } } } }",
    "define/facsimile.json5": `{ ${PROJECTS}, mail: { host: 'm' } }`,
    "define/dev.json5": "{ banner: 'summer' }",
  });
  const { values, origin, files } = await resolve("dev");
  expect(values).toMatchObject({ banner: "summer", mail: { host: "m", port: 25 } });
  expect(origin(["mail", "port"])).toMatchObject({
    layer: "define/schema.json5",
    position: { file: "define/schema.json5", line: 3 },
  });
  expect(origin(["banner"])?.overrode[0]?.position).toMatchObject({ file: "define/schema.json5", line: 2 });
  expect(files).toEqual(["define/facsimile.json5", "define/dev.json5", "define/schema.json5"]);
});

it("values that do not fit the user's schema are problems at their places, beside ours", async () => {
  const { resolve } = await world({
    "define/schema.json5": "{ properties: { limit: { type: 'integer', maximum: 10 } }, additionalProperties: false }",
    "define/facsimile.json5": `{ ${PROJECTS} }`,
    "define/dev.json5": "{\n limit: 11,\n limmit: 3,\n home: 5 }",
  });
  const all = await problems(resolve("dev"));
  expect(all.map((each) => each.split(":").slice(0, 3).join(":"))).toEqual([
    "INVALID_VALUE define/dev.json5:4:8",
    "INVALID_VALUE define/dev.json5:2:9",
    "UNKNOWN_KEY define/dev.json5:3:2",
  ]);
  expect(all[2]).toContain("Did you mean limit?");
});

it("an old key is read under its new name, in views too, with a warning", async () => {
  const { resolve } = await world({
    "define/schema.json5": "{ properties: { colour: { type: 'string', renamedFrom: 'color' } } }",
    "define/facsimile.json5": `{ ${PROJECTS}, color: 'red' }`,
    "define/dev.json5": "{ deploy: { nodes: { web: ['a', 'b'] } },\n '@host:a': { color: 'blue' } }",
  });
  const definition = await resolve("dev");
  const [a, b] = definition.hosts.map((host) => definition.view(host));
  expect([a?.["colour"], b?.["colour"], b?.["color"]]).toEqual(["blue", "red", undefined]);
  expect(definition.origin(["colour"])?.position).toMatchObject({ file: "define/facsimile.json5", line: 1 });
  expect(told(definition.warnings)).toEqual([
    "DEPRECATED define/facsimile.json5:1:56 color is called colour now",
    "DEPRECATED define/dev.json5:2:15 color is called colour now",
  ]);
});

it("deprecated keys and secrets in clear are warnings; references to secrets are right", async () => {
  const { resolve } = await world({
    "define/schema.json5":
      "{ properties: { old: { deprecated: 'Leave it out.' }, api: { properties: { pin: { type: 'string', secret: true } } } } }",
    "define/facsimile.json5": `{ ${PROJECTS}, api: { pin: { $secret: 'api/pin' } } }`,
    "define/dev.json5": "{ old: 1, api: { pin: {$replace: '1234'} } }",
    "define/prod.json5": "{}",
    "define/test.json5": "{ api: { pin: null } }",
  });
  expect((await resolve("prod")).warnings).toEqual([]);
  const { warnings, secrets } = await resolve("dev");
  expect(secrets).toEqual([["api", "pin"]]);
  expect(told(warnings)).toEqual([
    "DEPRECATED define/dev.json5:1:3 old is deprecated",
    "SECRET_IN_CLEAR define/dev.json5:1:23 api.pin is declared a secret, and stands here for every reader",
  ]);
  expect(warnings[0]?.hint).toBe("Leave it out.");
});

it("what is wrong with the schema itself is told with everything else", async () => {
  const { resolve } = await world({
    "define/schema.json5": "{ propertys: {} }",
    "define/facsimile.json5": `{ ${PROJECTS} }`,
    "define/dev.json5": "{ home: 5 }",
  });
  const all = await problems(resolve("dev"));
  expect(all).toHaveLength(2);
  expect(all.join()).toContain("define/schema.json5:1:3");
});

it("a key that must be there may come from a project's layer", async () => {
  const { resolve } = await world({
    "define/schema.json5": "{ properties: { port: { type: 'integer' } }, required: ['port'] }",
    "define/facsimile.json5": "{ projects: { shop: { repo: 'x' }, till: { repo: 'x' } } }",
    "define/shop.json5": "{ port: 80 }",
    "define/dev.json5": "{}",
  });
  expect(await problems(resolve("dev"))).toEqual([]);
  expect(await problems(resolve("dev", { project: "shop" }))).toEqual([]);
  expect((await problems(resolve("dev", { project: "till" })))[0]).toMatch(/^INVALID_VALUE port is missing/);
});
