import { describe, expect, it } from "vitest";
import { findingsOf } from "../src/checks/validate.ts";
import type { ValueMap } from "../src/value.ts";
import { problems, world } from "./world.ts";

const projects = "projects: { p: { repo: 'sources/p', targets: ['web', 'db'] } }";

/** What is wrong with an instance that says `body`, on line 1 of define/beta.json5. */
async function wrong(body: string): Promise<readonly string[]> {
  const { resolve } = await world({ "define/facsimile.json5": `{ ${projects} }`, "define/beta.json5": body });
  return problems(resolve("beta", { project: "p" }));
}

describe("one value is wrong", () => {
  it.each([
    [
      "{ deploy: { nodes: { web: 'w1' } } }",
      'INVALID_VALUE define/beta.json5:1:27: deploy.nodes.web is a string; expected a list of hosts (Write ["w1"].)',
    ],
    [
      "{ deploy: { nods: {} } }",
      "UNKNOWN_KEY define/beta.json5:1:13: there is no key deploy.nods (Did you mean nodes?)",
    ],
    ["{ deploy: { zzz: 1 } }", /^UNKNOWN_KEY .*there is no key deploy\.zzz \(Known here: user, nodes, strategy, /],
    [
      "{ hosts: { w1: { adress: 'x' } } }",
      "UNKNOWN_KEY define/beta.json5:1:18: there is no key hosts.w1.adress (Did you mean address?)",
    ],
    [
      "{ hosts: { w1: { port: '22' } } }",
      'INVALID_VALUE define/beta.json5:1:24: hosts.w1.port is "22"; expected a port, 1 to 65535',
    ],
    [
      "{ hosts: { w1: { port: 99999 } } }",
      "INVALID_VALUE define/beta.json5:1:24: hosts.w1.port is the number 99999; expected a port, 1 to 65535",
    ],
    [
      "{ hosts: { '-oProxyCommand=x': {} } }",
      'INVALID_VALUE define/beta.json5:1:12: hosts."-oProxyCommand=x" is not allowed as a key; expected a name of a host',
    ],
    [
      "{ deploy: { nodes: { web: ['ok', '$(id)'] } } }",
      'INVALID_VALUE define/beta.json5:1:34: deploy.nodes.web.1 is "$(id)"; expected a name of a host',
    ],
    [
      "{ deploy: { user: 'a b' } }",
      'INVALID_VALUE define/beta.json5:1:19: deploy.user is "a b"; expected a user name of A-Za-z0-9._@+-',
    ],
    ["{ protected: 'yes' }", 'INVALID_VALUE define/beta.json5:1:14: protected is "yes"; expected true or false'],
    [
      "{ versions: { p: 1.1 } }",
      'INVALID_VALUE define/beta.json5:1:18: versions.p is the number 1.1; expected a version, as text: "1.1.0"',
    ],
    [
      "{ versions: { p: '--upload-pack=x' } }",
      /^INVALID_VALUE .* versions\.p is "--upload-pack=x"; expected a version/,
    ],
    [
      "{ versions: { q: '1.0' } }",
      'UNKNOWN_PROJECT define/beta.json5:1:15: versions.q names "q", but there is no such project (Expected one of: p. Did you mean p?)',
    ],
    [
      "{ deploy: { postcmd: 5 } }",
      "INVALID_VALUE define/beta.json5:1:22: deploy.postcmd is the number 5; expected a text",
    ],
    [
      "{ deploy: { postcmd: ['ok', { run: ['x'], onces: true }] } }",
      "UNKNOWN_KEY define/beta.json5:1:43: there is no key deploy.postcmd.1.onces (Did you mean once?)",
    ],
    [
      "{ deploy: { precmd: { once: true } } }",
      /^INVALID_VALUE define\/beta\.json5:1:21: deploy\.precmd\.run is missing; expected /,
    ],
    [
      "{ deploy: { precmd: { run: [] } } }",
      "INVALID_VALUE define/beta.json5:1:28: deploy.precmd.run is a list; expected a program and its arguments",
    ],
    [
      "{ deploy: { precmd: { run: 'x', target: 'wb' } } }",
      /^UNKNOWN_TARGET define\/beta\.json5:1:41: .* \(Expected one of: web, db\. Did you mean web\?\)/,
    ],
    [
      "{ deploy: { health: { http: 'ftp://x' } } }",
      'INVALID_VALUE define/beta.json5:1:29: deploy.health.http is "ftp://x"; expected an http or https URL',
    ],
    [
      "{ deploy: { shared: ['../x'] } }",
      'INVALID_VALUE define/beta.json5:1:22: deploy.shared.0 is "../x"; expected a relative path of A-Za-z0-9._/@+- without . or .. parts',
    ],
    [
      "{ deploy: { strategy: 'mirorr' } }",
      'INVALID_VALUE define/beta.json5:1:23: deploy.strategy is "mirorr"; expected "releases" or "mirror"',
    ],
    [
      "{ deploy: { nodes: { webb: ['w1'] } } }",
      'UNKNOWN_TARGET define/beta.json5:1:22: project p has no target "webb" (Expected one of: web, db. Did you mean web?)',
    ],
    [
      "{ deploy: { libcheck_ignorelist: { webb: ['libx.so.1'] } } }",
      'UNKNOWN_TARGET define/beta.json5:1:36: project p has no target "webb" (Expected one of: web, db. Did you mean web?)',
    ],
    [
      "{ deploy: { libcheck_ignorelist: ['libx.so.1'] } }",
      "INVALID_VALUE define/beta.json5:1:34: deploy.libcheck_ignorelist is a list; expected a map of targets to lists of shared libraries",
    ],
    [
      "{ regions: { eu: {} }, hosts: { w1: { region: 'ue' } } }",
      /^UNKNOWN_REGION define\/beta\.json5:1:47: hosts\.w1\.region names "ue", but there is no such region \(Expected one of: eu\.( Did you mean eu\?)?\)/,
    ],
    [
      "{ deploy: { nodes: { web: ['w1'] }, waves: [{ hosts: ['w2'] }] } }",
      /^UNKNOWN_HOST define\/beta\.json5:1:55: deploy\.waves\.0\.hosts\.0 names "w2"/,
    ],
    [
      "{ install: { groups: [{ type: 'tmpl' }] } }",
      /^INVALID_VALUE define\/beta\.json5:1:23: install\.groups\.0\.dir is missing; expected a text/,
    ],
    [
      "{ install: { groups: [{ type: 'copy', pattrn: 'x' }] } }",
      "UNKNOWN_KEY define/beta.json5:1:39: there is no key install.groups.0.pattrn (Did you mean pattern?)",
    ],
    [
      "{ install: { groups: [{}, { target: 'web' }] } }",
      'INVALID_VALUE define/beta.json5:1:23: install.groups.0 names no files (Name what it takes: files, optfiles, dir, glob; or {type: "tmpl", dir}.)',
    ],
    [
      "{ install: { groups: [{ dir: 'x', target: 'wbe' }] } }",
      'UNKNOWN_TARGET define/beta.json5:1:43: install.groups.0.target names "wbe", but there is no such target (Expected one of: web, db. Did you mean web?)',
    ],
    [
      "{ install: { groups: [{ files: ['a', '$SCR_DIR$/b'] }] } }",
      "INTERPOLATION define/beta.json5:1:38: install.groups.0.files.1: there is no variable $SCR_DIR$ (Did you mean $SRC_DIR$?)",
    ],
    [
      "{ install: { groups: [{ dir: 'x', pattern: '^$SRC_DIR$/', replace: '$NOPE$/' }] } }",
      /^INTERPOLATION define\/beta\.json5:1:68: .* there is no variable \$NOPE\$ \(Variables: \$SRC_DIR\$, /,
    ],
    [
      "{ build: { run: ['make'], enw: { A: 'b' } } }",
      "UNKNOWN_KEY define/beta.json5:1:27: there is no key build.enw (Did you mean env?)",
    ],
    [
      "{ projects: { p: { build: { runn: ['make'] } } } }",
      "UNKNOWN_KEY define/beta.json5:1:29: there is no key projects.p.build.runn (Did you mean run?)",
    ],
    [
      "{ install: { groups: [{ type: 'move' }] } }",
      /^INVALID_VALUE define\/beta\.json5:1:31: install\.groups\.0\.type is "move"; expected "tmpl" or "copy"/,
    ],
    [
      "{ files: [{ match: '*', mode: '4755' }] }",
      /^INVALID_VALUE .* files\.0\.mode is "4755"; expected a mode as text: "0644"/,
    ],
    ["{ state: { scope: '../x' } }", /^INVALID_VALUE .* state\.scope is "\.\.\/x"; expected a name, or "own"/],
    ["{ state: { recipients: ['robin'] } }", /^INVALID_VALUE .* expected a fingerprint of 40 hex digits/],
    ["{ deploy: 5 }", "INVALID_VALUE define/beta.json5:1:11: deploy is the number 5; expected a map"],
    [
      "{ deploy: { user: '${nope}' } }",
      "INTERPOLATION define/beta.json5:1:19: there is no value nope (Set it, or write $${ for a plain ${.)",
    ],
    [
      "{ l: { $apend: [] } }",
      /^BAD_DIRECTIVE define\/beta\.json5:1:6: there is no directive \$apend \(Did you mean \$append\?\)/,
    ],
  ])("%s", async (body, expected) => {
    const [first] = await wrong(body);
    if (expected instanceof RegExp) expect(first).toMatch(expected);
    else expect(first).toBe(expected);
  });

  it.each([
    "/",
    "/srv",
    "//srv/x",
    "/srv/../etc",
    "../x",
    ".",
    "..",
    "./x",
    "a//b",
    "~/x",
    "/srv/x;rm",
    "/srv/a b",
    "$HOME/x",
    "",
    "-x",
    "/srv/x\n",
  ])("home %j is refused", async (home) => {
    expect((await wrong(JSON.stringify({ home })))[0]).toMatch(/^INVALID_VALUE define\/beta\.json5:1:9: home is /);
  });

  it.each(["shop", "shop/eu", "/srv/shop", "/srv/shop/", "/home/a.b/c@d+e-f_g"])("home %j is taken", async (home) => {
    expect(await wrong(JSON.stringify({ home }))).toEqual([]);
  });
});

it("copy groups that take something, for targets there are, with what variables stand for, are right", async () => {
  const groups = "[{ optfiles: ['$BUILD_DIR$/a$'], target: 'db' }, { glob: ['*'], pattern: '(A$|B$)', replace: '$1' }]";
  expect(await wrong(`{ install: { groups: ${groups} } }`)).toEqual([]);
});

it("everything that is wrong is told at once, however deep", async () => {
  const found = await wrong(
    "{ home: '/', deploy: { nods: {}, nodes: { wbe: ['w1'] } }, config: { nope: {} },\n modules: { x: 5 }, l: { $apend: 1 } }",
  );
  expect(found.map((each) => each.split(":").slice(0, 3).join(":"))).toEqual([
    "BAD_DIRECTIVE define/beta.json5:2:24",
    "INVALID_VALUE define/beta.json5:1:9",
    "UNKNOWN_KEY define/beta.json5:1:24",
    "INVALID_VALUE define/beta.json5:2:16",
    "UNKNOWN_TARGET define/beta.json5:1:43",
  ]);
});

it("a key of the user's own near a well-known one warns, with its place", async () => {
  const { resolve } = await world({
    "define/facsimile.json5": `{ ${projects} }`,
    "define/beta.json5": "{ home: 'x',\n  homes: 'y', banner: 'z', $schema: 'x' }",
  });
  const { warnings, values } = await resolve("beta");
  expect(warnings).toEqual([
    {
      code: "SIMILAR_KEY",
      message: "the key homes is close to the well-known home",
      hint: "Did you mean home? If the key is your own, keep it.",
      position: { file: "define/beta.json5", line: 2, column: 3, length: 5 },
    },
  ]);
  expect(Object.keys(values)).toEqual(["deploy", "projects", "home", "homes", "banner"]);
});

it("old spellings and idle directives warn", async () => {
  const { resolve } = await world({
    "define/facsimile.json5": "{}",
    "define/dev.json5": "{ a: '%HOMEDIR%/x',\n b: { $delete: true } }",
    "define/beta.json5": "{ deploy: { nodes: { web: ['w'] } },\n a: '{{environ.USER}}' }",
  });
  const { warnings, values } = await resolve("dev", { env: { HOME: "/home/r" } });
  expect(values["a"]).toBe("/home/r/x");
  expect(warnings.map(({ code, position }) => `${code} ${position?.line}:${position?.column}`)).toEqual([
    "DIRECTIVE_IDLE 2:5",
    "DEPRECATED 1:6",
  ]);
  expect(await problems(resolve("beta", { env: { USER: "r" } }))).toEqual([
    expect.stringMatching(
      /^ENV_REMOTE define\/beta\.json5:2:5: the environment variable USER is read, but the hosts are remote/,
    ),
  ]);
});

it("homes and paths are what the rules in words say, for every short text", () => {
  const isPath = (text: string) =>
    /^[A-Za-z0-9._/@+-]+$/.test(text) &&
    !text.startsWith("-") &&
    !text
      .replace(/^\/|\/$/g, "")
      .split("/")
      .some((part) => ["", ".", ".."].includes(part));
  const isHome = (text: string) => isPath(text) && (!text.startsWith("/") || /[^/]\/[^/]/.test(text));
  const isRelative = (text: string) => isPath(text) && !text.startsWith("/");
  const taken = (values: ValueMap) => findingsOf(values).length === 0;
  for (const text of textsOf("/.-a \n", 5)) {
    const shown = JSON.stringify(text);
    if (taken({ home: text }) !== isHome(text)) expect.unreachable(`home ${shown}`);
    if (taken({ deploy: { shared: [text] } }) !== isRelative(text)) expect.unreachable(`shared ${shown}`);
  }
});

/** Every text of these characters, up to a length. */
function textsOf(characters: string, length: number): readonly string[] {
  if (length === 0) return [""];
  const shorter = textsOf(characters, length - 1);
  return [...new Set([...shorter, ...shorter.flatMap((text) => [...characters].map((each) => text + each))])];
}

describe("$schema is for editors only", () => {
  const line = '$schema: "../node_modules/@facsimile/definitions/schema.json"';

  it("in layers of every format, in views, and in what they extend", async () => {
    const { resolve } = await world({
      "define/facsimile.json5": `{ ${line}, ${projects}, '@system:linux': { ${line}, a: 1 } }`,
      "define/base.json": '{ "$schema": "../x.json", "b": 1 }',
      "define/p.yaml": `${line}\nc: 1\n`,
      "define/beta.yml": `${line}\nextends: base\nd: 1\n`,
      "define/schema.json5": `{ ${line} }`,
    });
    const { values, warnings } = await resolve("beta", { project: "p" });
    expect(Object.keys(values).filter((key) => key.length === 1 || key.startsWith("$"))).toEqual(["a", "c", "b", "d"]);
    expect(warnings).toEqual([]);
  });

  it("in a single file with instances, at its top and in each of them", async () => {
    const { resolve } = await world({
      "define/facsimile.json5": "{ projects: { p: { repo: 'src' } } }",
      "src/config/facsimile.json5": `{ ${line}, a: 1, instances: { beta: { ${line}, b: 1 } } }`,
    });
    const { values } = await resolve("beta", { project: "p", source: "src" });
    expect(values).toMatchObject({ a: 1, b: 1 });
    expect(Object.keys(values)).not.toContain("$schema");
    expect(Object.keys(values)).not.toContain("instances");
  });
});

it.each(["json5", "json", "yaml"])(
  "of %s: a $schema beneath a key is no directive that there is, and never left over",
  async (format) => {
    const { resolve } = await world({
      "define/facsimile.json5": "{ projects: { p: { repo: 'x' } } }",
      [`define/beta.${format}`]: '{ "$schema": "x", "db": { "host": "a" } }',
      [`define/gamma.${format}`]: '{ "db": { "$schema": "x", "host": "a" } }',
    });
    expect((await resolve("beta")).values["db"]).toEqual({ host: "a" });
    await expect(resolve("gamma")).rejects.toMatchObject({ code: "BAD_DIRECTIVE" });
  },
);
