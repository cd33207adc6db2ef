import fs from "node:fs/promises";
import path from "node:path";
import { git, gitCommit } from "@facsimile/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type World, world } from "./world.ts";

let shop: World;
beforeAll(async () => {
  shop = await world();
  await put("define/staging.json5", STAGING);
  await put("define/production.json5", PRODUCTION);
  await put("define/dev.json5", '{ home: "shop-dev", compare: { ignore: ["mail"] } }');
  await gitCommit(shop.root);
  await git(shop.root, "tag", "before");
});
afterAll(() => shop.remove());

const put = (file: string, text: string) => fs.writeFile(path.join(shop.root, file), text);

const STAGING = `{
  versions: { storefront: "1.0.0" },
  deploy: { nodes: { frontend: ["s1"] } },
  hosts: { s1: { region: "us", address: "127.0.77.1" } },
  banner: "hello from staging",
  mail: { user: "shop", password: "staging-Pa55", key: { $secret: "mail/staging" } },
}
`;
const PRODUCTION = `{
  versions: { storefront: "1.0.0" },
  deploy: { nodes: { frontend: ["p1", "p2"] } },
  hosts: { p1: { region: "eu", address: "192.0.2.1" }, p2: { region: "us", address: "192.0.2.2" } },
  mail: { user: "shop", password: "production-Pa55", url: "smtp://\${mail.user}:\${mail.password}@mail" },
  compare: { ignore: ["hosts", "deploy.nodes"] },
}
`;

describe("facs diff", () => {
  it("tells how two instances differ, value by value, with both places", async () => {
    const { code, stdout, stderr } = await shop.facs("diff", "staging", "production", "storefront");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout.replace(/of \d+ values/, "of N values")).toBe(
      `staging and production, storefront: 4 of N values differ

  banner
    staging     "hello from staging"  define/staging.json5:5:11
    production  "hello"               define/storefront.json5:3:11
  mail.password
    staging     [hidden]              define/staging.json5:6:35
    production  [hidden]              define/production.json5:5:35
  mail.key
    staging     secret mail/staging   define/staging.json5:6:56
    production  not set
  mail.url
    staging     not set
    production  [hidden]              define/production.json5:5:59

7 more differ as expected (compare.ignore); facs diff staging production storefront --all lists them.
`,
    );
  });

  it("exits 2 when asked to, unless all that differs is expected", async () => {
    expect(await shop.facs("diff", "staging", "production", "--exit-code")).toMatchObject({ code: 2 });
    expect(await shop.facs("diff", "dev", "dev.dev0", "--exit-code")).toMatchObject({ code: 2 });
    await put("define/dev.dev0.json5", '{ mail: { user: "me" } }');
    expect(await shop.facs("diff", "dev", "dev.dev0", "--exit-code")).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("dev and dev.dev0: no unexpected difference in"),
    });
    expect(await shop.facs("diff", "staging", "staging", "--exit-code")).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^staging and staging: all \d+ values are the same\.\n$/),
    });
  });

  it("lists what is expected too when asked to, and warns of what is ignored to no avail", async () => {
    await put("define/dev.json5", '{ home: "shop-dev", compare: { ignore: ["hosts.*.address", "bannr"] } }');
    const { stdout, stderr } = await shop.facs("diff", "staging", "dev", "storefront", "--all");
    expect(stdout).toMatch(/\n\n1 more differs as expected \(compare\.ignore\)\n\n {2}hosts\.s1\.address\n {4}staging/);
    expect(stderr).toBe(
      "! define/dev.json5:1:60: COMPARE_IDLE: compare.ignore: bannr covers no value of either side\n" +
        "  Did you mean banner?\n",
    );
  });

  it("compares one instance as it was in a git revision with what it is, or two revisions", async () => {
    await put("define/staging.json5", STAGING.replace("hello from staging", "now"));
    const then = await shop.facs("diff", "staging", "storefront", "--ref", "before", "--exit-code");
    expect(then).toMatchObject({ code: 2, stderr: "" });
    expect(then.stdout).toMatch(/^staging, storefront: 1 of \d+ values differs between before and the working tree\n/);
    expect(then.stdout).toContain(`
  banner
    before        "hello from staging"  before:define/staging.json5:5:11
    working tree  "now"                 define/staging.json5:5:11
`);
    expect((await shop.facs("diff", "staging", "--ref", "HEAD")).stdout).toContain("HEAD:define/staging.json5:5:11");
    expect((await shop.facs("diff", "staging", "--ref", "before..HEAD")).stdout).toMatch(
      /^staging: all \d+ values are the same in before and HEAD\.\n$/,
    );
    await gitCommit(shop.root);
    expect((await shop.facs("diff", "staging", "--ref", "before..")).stdout).toMatch(
      /^staging: 1 of \d+ values differs between before and HEAD\n/,
    );
  });

  it("gives one JSON document, in which no secret stands", async () => {
    const { stdout } = await shop.facs("diff", "staging", "production", "--json");
    const document = JSON.parse(stdout);
    expect(document).toMatchObject({
      schema: "diff/1",
      a: { instance: "staging" },
      b: { instance: "production" },
      counts: { different: 4, expected: 7 },
      warnings: [],
    });
    expect(document.differences[0]).toEqual({
      path: "deploy.nodes.frontend",
      a: { value: ["s1"], layer: "define/staging.json5", position: expect.objectContaining({ line: 3 }) },
      b: { value: ["p1", "p2"], layer: "define/production.json5", position: expect.objectContaining({ line: 3 }) },
      expected: true,
    });
    expect(stdout).toContain('{"$secret":"mail/staging"}');
    expect(stdout).not.toContain("Pa55");
    const history = JSON.parse((await shop.facs("diff", "staging", "--ref", "before", "--json")).stdout);
    expect(history).toMatchObject({ a: { instance: "staging", ref: "before" }, b: { instance: "staging" } });
  });

  it("tells all that is wrong with both, once, and in which revision", async () => {
    await put("define/dev.json5", "{ home: 1, deploy: { keep: 0 } }");
    await put("define/dev.dev0.json5", "{ home: 2 }");
    const { code, stdout, stderr } = await shop.facs("diff", "dev", "dev.dev0");
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(/^define\/dev\.json5:1:9: error INVALID_VALUE: home is/m);
    expect(stderr).toMatch(/^define\/dev\.dev0\.json5:1:9: error INVALID_VALUE: home is/m);
    expect(stderr.match(/keep is/g)).toHaveLength(1);
    expect(stderr).toContain("3 problems.");
    await gitCommit(shop.root);
    await put("define/dev.json5", "{}");
    expect((await shop.facs("diff", "dev", "--ref", "HEAD")).stderr).toMatch(/^HEAD:define\/dev\.json5:1:9: error/m);
    const early = await shop.facs("diff", "dev.dev1", "--ref", "before");
    expect(early).toMatchObject({
      code: 64,
      stderr: expect.stringContaining("in before, there is no instance dev.dev1"),
    });
    await put("define/dev.dev0.json5", "{}");
  });

  it("says what it was not told, and what is not there", async () => {
    const refused = async (...args: string[]) => {
      const { code, stdout, stderr } = await shop.facs("diff", ...args);
      expect(stdout).toBe("");
      return `${code} ${stderr}`;
    };
    expect(await refused("staging")).toMatch(/^64 error USAGE: staging is to be compared with what\?\n {2}facs diff/);
    expect(await refused("a", "b", "c", "d")).toMatch(/^64 error USAGE: too many words/);
    expect(await refused("a", "b", "c", "--ref", "HEAD")).toMatch(/^64 error USAGE: too many words/);
    expect(await refused("a", "--ref", "a...b")).toMatch(/^64 error USAGE: --ref a\.\.\.b: expected one revision/);
    expect(await refused("stagin", "prodution")).toMatch(/^64 .*stagin: [\s\S]*Did you mean staging\?[\s\S]*prodution/);
    expect(await refused("staging", "storfront", "--ref", "HEAD")).toContain("Did you mean storefront?");
    expect(await refused("staging", "--ref", "befor")).toMatch(
      /UNKNOWN_REVISION: .*"befor"[\s\S]*Did you mean before\?/,
    );
    expect(await refused("staging", "--ref=--all")).toContain('UNKNOWN_REVISION: there is no revision "--all"');
  });
});

describe("facs get", () => {
  const got = async (...args: string[]) => (await shop.facs("get", ...args)).stdout;

  it("prints a scalar as it is, and anything else as JSON", async () => {
    expect(await got("production", "storefront", "banner")).toBe("hello\n");
    expect(await got("production", "storefront", "storefront.port")).toBe("8077\n");
    expect(await got("production", "--project", "storefront", "banner")).toBe("hello\n");
    expect(JSON.parse(await got("production", "deploy.nodes"))).toEqual({ frontend: ["p1", "p2"] });
    expect(await got("production", "deploy.nodes.frontend.1")).toBe("p2\n");
    expect(await got("production", "hosts.p1.address")).toBe("192.0.2.1\n");
  });

  it("prints it as a host sees it", async () => {
    expect(await got("production", "currency", "--host", "p2")).toBe("USD\n");
    expect(await got("production", "currency", "--host", "p1")).toBe("EUR\n");
    const typo = await shop.facs("get", "production", "currency", "--host", "p11");
    expect(typo).toMatchObject({ code: 64, stdout: "", stderr: expect.stringContaining("UNKNOWN_HOST") });
    expect(typo.stderr).toContain("Did you mean p1?");
  });

  it("prints no secret, and references to them by name", async () => {
    expect(await got("staging", "mail.password")).toBe("[hidden]\n");
    expect(await got("staging", "mail.key")).toBe("secret mail/staging\n");
    expect(await got("production", "mail.url")).toBe("[hidden]\n");
    for (const more of [[], ["--json"]]) expect(await got("production", "mail", ...more)).not.toContain("Pa55");
    for (const more of [[], ["--json"]]) expect(await got("mail", "--all-instances", ...more)).not.toContain("Pa55");
  });

  it("ends with 1 and nothing on stdout where the key is not set, and guesses what was meant", async () => {
    const { code, stdout, stderr } = await shop.facs("get", "staging", "storefront", "baner");
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toBe("error NOT_SET: baner is not set in staging, storefront\n  Did you mean banner?\n");
    expect((await shop.facs("get", "baner", "--all-instances")).stderr).toContain("not set in any instance");
  });

  it("prints what every instance says, and where", async () => {
    expect(await got("banner", "--all-instances", "--project", "storefront")).toBe(
      `dev         "hello"  define/storefront.json5:3:11
dev.dev0    "hello"  define/storefront.json5:3:11
production  "hello"  define/storefront.json5:3:11
staging     "now"    define/staging.json5:5:11
`,
    );
    expect(await got("banner", "--all-instances")).toMatch(/^dev {9}not set\n/);
  });

  it("tells an instance that cannot be read, ends with 1, and shows the others", async () => {
    await put("define/dev.json5", "{");
    const { code, stdout, stderr } = await shop.facs("get", "protected", "--all-instances");
    expect(stdout).toMatch(/^dev {9}cannot be read\ndev\.dev0 {4}cannot be read\nproduction {2}not set\n/);
    expect(stderr).toBe("2 instances cannot be read. facs lint says why.\n");
    expect(code).toBe(1);
    await put("define/dev.json5", "{}");
  });

  it("gives one JSON document", async () => {
    expect(JSON.parse(await got("staging", "banner", "--json"))).toEqual({
      schema: "get/1",
      key: "banner",
      instances: [
        {
          instance: "staging",
          value: "now",
          layer: "define/staging.json5",
          position: { file: "define/staging.json5", line: 5, column: 11, length: 5 },
          problems: [],
        },
      ],
    });
    const all = JSON.parse(await got("mail.user", "--all-instances", "--json"));
    expect(all.instances.map(({ instance, value }: { instance: string; value?: string }) => [instance, value])).toEqual(
      [
        ["dev", undefined],
        ["dev.dev0", undefined],
        ["production", "shop"],
        ["staging", "shop"],
      ],
    );
    expect(JSON.parse(await got("staging", "nothing.at.all", "--json"))).toMatchObject({
      schema: "error/1",
      problems: [{ code: "NOT_SET" }],
    });
  });

  it("says what it was not told", async () => {
    const refused = async (...args: string[]) => (await shop.facs("get", ...args)).stderr;
    expect(await refused("staging")).toMatch(/^error USAGE: .*\n {2}facs get INSTANCE/);
    expect(await refused("a", "b", "c", "d")).toContain("USAGE: too many words");
    expect(await refused("a", "b", "--all-instances")).toContain("USAGE: --all-instances takes a key");
    expect(await refused("a", "--all-instances", "--host", "x")).toContain("USAGE: --host goes with one instance");
    expect(await refused("a", "b", "c", "--project", "d")).toContain("USAGE: the project is named twice");
    expect(await refused("staging", "a b")).toContain("BAD_PATH");
    expect(await refused("banner", "--all-instances", "--project", "storfront")).toContain("Did you mean storefront?");
  });
});
