import { formatPath, formatPosition, parsePath } from "@facsimile/core";
import { describe, expect, it } from "vitest";
import { compareDefinitions } from "../src/compare/compare.ts";
import { shownAt } from "../src/compare/masked.ts";
import { problems, type WorldOptions, world } from "./world.ts";

const FILES = {
  "define/facsimile.json5": `{
  projects: { shop: { repo: "sources/shop", targets: ["web"] } },
  home: "shop",
  compare: { ignore: ["deploy.nodes", "hosts"] },
  mail: { from: "shop@example.org", password: "hunter1" },
  "@region:us": { currency: "USD" },
}`,
  "define/shop.json5": `{ banner: "hello", tags: ["a"], debug: false }`,
  "define/staging.json5": `{
  versions: { shop: "1.0.0" },
  deploy: { nodes: { web: ["s1"] } },
  hosts: { s1: { region: "eu", address: "10.0.0.1" } },
  debug: true,
}`,
  "define/production.yaml": `
versions: {shop: 1.0.0}
deploy: {nodes: {web: [p1, p2]}, user: shop}
hosts: {p1: {region: eu, address: 10.1.0.1}, p2: {region: us, address: 10.1.0.2}}
compare: {ignore: {$append: [deploy.user]}}
tags: {$append: [b]}
mail:
  password: hunter2
  url: "smtp://\${mail.from}:\${mail.password}@mail"
`,
};

async function compared(more: Record<string, string> = {}, options: WorldOptions = { project: "shop" }) {
  const { resolve } = await world({ ...FILES, ...more });
  const comparison = compareDefinitions(await resolve("staging", options), await resolve("production", options));
  const side = (each: (typeof comparison.differences)[number]["a"]) =>
    each === undefined
      ? "not set"
      : `${JSON.stringify(each.value)} ${each.position === undefined ? each.layer : formatPosition(each.position)}`;
  const lines = comparison.differences.map(
    ({ path, a, b, expected }) => `${formatPath(path)}: ${side(a)} | ${side(b)}${expected ? " (expected)" : ""}`,
  );
  return { ...comparison, lines };
}

describe("two instances, compared", () => {
  it("differ where their layers say so, each with the file, line and column that set it", async () => {
    const { lines } = await compared();
    expect(lines).toEqual([
      'deploy.nodes.web: ["s1"] define/staging.json5:3:27 | ["p1","p2"] define/production.yaml:3:23 (expected)',
      'deploy.user: not set | "shop" define/production.yaml:3:40 (expected)',
      'mail.password: "[hidden]" define/facsimile.json5:5:47 | "[hidden]" define/production.yaml:8:13',
      'mail.url: not set | "[hidden]" define/production.yaml:9:8',
      'tags: ["a"] define/shop.json5:1:26 | ["a","b"] define/production.yaml:6:7',
      "debug: true define/staging.json5:5:10 | false define/shop.json5:1:40",
      'hosts.s1.region: "eu" define/staging.json5:4:26 | not set (expected)',
      'hosts.s1.address: "10.0.0.1" define/staging.json5:4:41 | not set (expected)',
      'hosts.p1.region: not set | "eu" define/production.yaml:4:22 (expected)',
      'hosts.p1.address: not set | "10.1.0.1" define/production.yaml:4:35 (expected)',
      'hosts.p2.region: not set | "us" define/production.yaml:4:59 (expected)',
      'hosts.p2.address: not set | "10.1.0.2" define/production.yaml:4:72 (expected)',
    ]);
  });

  it("are compared without a project too: what holds for all", async () => {
    const { lines } = await compared({}, {});
    expect(lines.filter((line) => !line.includes("expected"))).toEqual([
      'mail.password: "[hidden]" define/facsimile.json5:5:47 | "[hidden]" define/production.yaml:8:13',
      'mail.url: not set | "[hidden]" define/production.yaml:9:8',
      "debug: true define/staging.json5:5:10 | not set",
      'tags: not set | ["b"] define/production.yaml:6:7',
    ]);
  });

  it("do not differ from themselves", async () => {
    const { resolve } = await world(FILES);
    const [a, b] = [await resolve("staging"), await resolve("staging")];
    const { counts } = compareDefinitions(a, b);
    expect(counts).toMatchObject({ different: 0, expected: 0 });
    expect(counts.compared).toBeGreaterThan(8);
  });

  it("name the default or the --set that gave a value where no file did", async () => {
    const kept = { "define/staging.json5": FILES["define/staging.json5"].replace("nodes:", "keep: 2, nodes:") };
    expect((await compared(kept)).lines).toContain("deploy.keep: 2 define/staging.json5:3:19 | 5 defaults");
    const { resolve } = await world(FILES);
    const { differences } = compareDefinitions(await resolve("staging", { set: ["home=x"] }), await resolve("staging"));
    expect(differences).toMatchObject([{ path: ["home"], a: { layer: "--set home", position: undefined } }]);
  });

  it("hide what the user's schema declares to be secret, and the caller beside it", async () => {
    const { resolve } = await world({
      ...FILES,
      "define/schema.json5": "{ properties: { users: { items: { properties: { pin: { secret: true } } } } } }",
      "define/staging.json5": `{ users: [{ name: "a", pin: 1 }], copy: "\${users.0.pin}.", licence: "x" }`,
      "define/production.yaml": "users: [{ name: a, pin: 2 }]",
    });
    const [a, b] = [await resolve("staging"), await resolve("production")];
    const { differences } = compareDefinitions(a, b, { secrets: [["licence"]] });
    expect(differences.map(({ path, a, b }) => [...path, a?.value, b?.value])).toEqual([
      ["users", [{ name: "a", pin: "[hidden]" }], [{ name: "a", pin: "[hidden]" }]],
      ["copy", "[hidden]", undefined],
      ["licence", "[hidden]", undefined],
    ]);
  });

  it("warn of what is ignored to no avail, and refuse what is no path, where it is written", async () => {
    const ignore = (text: string) => ({
      "define/staging.json5": FILES["define/staging.json5"].replace(
        "debug: true",
        `debug: true,\n  compare: { ignore: [${text}] }`,
      ),
    });
    const { warnings } = await compared(ignore('"deploy", "banners"'));
    expect(warnings).toEqual([
      {
        code: "COMPARE_IDLE",
        message: "compare.ignore: banners covers no value of either side",
        hint: "Did you mean banner?",
        position: { file: "define/staging.json5", line: 6, column: 33, length: 9 },
      },
    ]);
    expect(await problems(compared(ignore("1")))).toEqual([
      "INVALID_VALUE define/staging.json5:6:23: compare.ignore.0 is the number 1; expected a text",
    ]);
    expect(await problems(compared(ignore('"a b"')))).toEqual([
      expect.stringMatching(
        /^INVALID_VALUE define\/staging\.json5:6:23: compare\.ignore: "a b" is not a path of keys \(/,
      ),
    ]);
  });
});

describe("shownAt", () => {
  it("gives the value as a host sees it, and where that is written", async () => {
    const { resolve } = await world(FILES);
    const definition = await resolve("production", { project: "shop" });
    const [eu, us] = definition.hosts;
    expect(shownAt(definition, ["currency"], { host: us })).toEqual({
      value: "USD",
      layer: "define/facsimile.json5",
      position: expect.objectContaining({ file: "define/facsimile.json5", line: 6 }),
    });
    expect(shownAt(definition, ["currency"], { host: eu })).toBeUndefined();
    expect(shownAt(definition, ["currency"])).toBeUndefined();
    expect(shownAt(definition, ["deploy", "precmd"])).toEqual({ value: [], layer: "defaults", position: undefined });
  });

  it("gives whole maps and items of lists, with secrets hidden wherever they went", async () => {
    const { resolve } = await world({
      ...FILES,
      "define/production.yaml": `${FILES["define/production.yaml"]}copy: "\${mail}"\ncopies: ["\${copy.url}", x]\n`,
    });
    const definition = await resolve("production", { project: "shop" });
    const value = (path: string) => shownAt(definition, parsePath(path))?.value;
    const mail = { from: "shop@example.org", password: "[hidden]", url: "[hidden]" };
    expect(value("mail")).toEqual(mail);
    expect(value("copy")).toEqual(mail);
    expect(value("copies")).toEqual(["[hidden]", "x"]);
    expect(value("copies.0")).toBe("[hidden]");
    expect(value("copies.1")).toBe("x");
    expect(value("tags.1")).toBe("b");
    expect(value("tags.length")).toBeUndefined();
    expect(value("mail.from.0")).toBeUndefined();
    expect(value("constructor")).toBeUndefined();
    expect(JSON.stringify(shownAt(definition, []))).not.toContain("hunter");
  });
});
