import { formatProblem } from "@facsimile/core";
import { describe, expect, it } from "vitest";
import { lint } from "../src/index.ts";
import { type World, world } from "./world.ts";

const projects = "projects: { p: { repo: 'x', targets: ['web'] } }, home: 'p'";
const fleet = "deploy: { nodes: { web: ['w1', 'w2'] } }, hosts: { w1: { region: 'eu' }, w2: { region: 'us' } }";
const on = "versions: { p: '1' }";

/** A conglomerate with the instance beta, which has a version of p on two hosts. */
const beta = (more: Readonly<Record<string, string>>) =>
  world({ "define/facsimile.json5": `{ ${projects} }`, "define/beta.json5": `{ ${on}, ${fleet} }`, ...more });

/** `CODE file:line message` of every finding, after every problem with its instances. */
async function told({ now }: Pick<World, "now">): Promise<readonly string[]> {
  const { problems, findings } = await lint(await now());
  const short = (text: string) => text.replace(/^(\S+:\d+):\d+: /, "$1 ");
  return [
    ...problems.map(
      ({ error, instances }) => `! ${error.code} ${short(formatProblem(error))} in ${instances.join(" ")}`,
    ),
    ...findings.map(({ code, message, position }) => `${code} ${position?.file}:${position?.line} ${message}`),
  ];
}

const codes = async (made: World) => (await told(made)).map((line) => line.split(" ").slice(0, 2).join(" "));

it("says nothing of a conglomerate in order, and what was looked at", async () => {
  const made = await beta({
    "define/beta.x.json5": "{ home: 'x' }",
    "define/modules.json5": "[]",
    "define/schema.json5": "{}",
  });
  expect(await lint(await made.now())).toEqual({
    instances: ["beta", "beta.x"],
    projects: ["p"],
    problems: [],
    findings: [],
    allowed: 0,
  });
});

describe("problems", () => {
  it("of all instances are told at once, each once, with the instances that have it", async () => {
    const made = await beta({
      "define/p.json5": "{ deploy: { keep: 'many' },\n versions: {} }",
      "define/gamma.json5": `{ ${on}, ${fleet},\n url: "\${nope}" }`,
    });
    expect(await told(made)).toEqual([
      "! INTERPOLATION define/gamma.json5:2 there is no value nope in gamma",
      '! INVALID_VALUE define/p.json5:1 deploy.keep is "many"; expected a whole number of releases, 1 to 1000 in beta gamma',
      "! KEY_NOT_ALLOWED define/p.json5:2 a project's layer cannot set versions in beta gamma",
    ]);
  });

  it("of files that no chain reads are told too, and hide nothing of the others", async () => {
    const made = await beta({
      "define/old/unused.json5": "{ a: 1, a: 2 }",
      "define/gamma.json5": "{",
      "define/beta.x.json5": "{ deploy: { keep: 0 } }",
    });
    expect(await codes(made)).toEqual(["! INVALID_VALUE", "! FILE_SYNTAX", "! DUPLICATE_KEY"]);
  });

  it("of the first file leave nothing to look at", async () => {
    const made = await beta({});
    const { root } = made;
    const broken = await world({ "define/facsimile.json5": "{ projects: ", "define/beta.json5": "{ a: 1, a: 1 }" });
    expect(root).not.toBe(broken.root);
    const { instances, problems } = await lint(await broken.now());
    expect(instances).toEqual([]);
    expect(problems.map(({ error }) => error.code)).toEqual(["DUPLICATE_KEY", "FILE_SYNTAX"]);
  });

  it("are told where a deploy would be refused: no home, a key of the schema", async () => {
    const made = await world({
      "define/facsimile.json5": "{ projects: { p: { repo: 'x' }, q: { repo: 'x' } } }",
      "define/beta.json5": `{ ${on} }`,
      "define/gamma.json5": "{ x: 1 }",
    });
    expect(await told(made)).toEqual(["! HOME_MISSING beta does not say where releases go: home is not set in beta"]);
  });

  it("are those of projects that the instance has a version of", async () => {
    const made = await world({
      "define/facsimile.json5": "{ projects: { p: { repo: 'x' }, q: { repo: 'x' } }, home: 'x' }",
      "define/q.json5": '{ url: "${only_in_gamma}/q" }',
      "define/beta.json5": "{ versions: { p: '1' } }",
      "define/gamma.json5": "{ versions: { q: '1' }, only_in_gamma: 'g' }",
    });
    expect(await told(made)).toEqual([]);
  });

  it("of a project that nobody has a version of are told for every instance: it may come with the deploy", async () => {
    const made = await beta({
      "define/facsimile.json5": "{ projects: { p: { repo: 'x', targets: ['web'] }, q: { repo: 'x' } }, home: 'x' }",
      "define/q.json5": "{ deploy: { keep: 0 } }",
    });
    expect(await codes(made)).toEqual(["! INVALID_VALUE"]);
  });

  it("are none of a layer that is only there to be extended", async () => {
    const files = {
      "define/base.json5": '{ url: "${name}.example.org" }',
      "define/gamma.json5": `{ extends: 'base', ${on}, name: 'g' }`,
    };
    const made = await beta(files);
    expect(await told(made)).toEqual([]);
    expect((await lint(await made.now())).instances).toEqual(["beta", "gamma"]);
    const instance = await beta({ ...files, "define/base.json5": `{ url: "\${name}.example.org", ${on} }` });
    expect(await codes(instance)).toEqual(["! INTERPOLATION"]);
  });
});

describe("VALUE_REDUNDANT", () => {
  it("is a value that equals what it inherits, with the place that it comes from", async () => {
    const made = await beta({
      "define/facsimile.json5": `{ ${projects},\n currency: 'EUR', list: [1, { a: 1 }] }`,
      "define/p.json5": "{\n currency: 'EUR',\n list: [1, { a: 1 }],\n deploy: { keep: 5 },\n other: 1 }",
    });
    expect(await told(made)).toEqual([
      "VALUE_REDUNDANT define/p.json5:2 currency is what it inherits from define/facsimile.json5:2:12",
      "VALUE_REDUNDANT define/p.json5:3 list is what it inherits from define/facsimile.json5:2:25",
      "VALUE_REDUNDANT define/p.json5:4 deploy.keep is what it inherits by default",
    ]);
  });

  it("is none that a chain needs: another instance, project, or host inherits something else", async () => {
    const made = await world({
      "define/facsimile.json5": `{ projects: { p: { repo: 'x', targets: ['web'] }, q: { repo: 'x', targets: ['web'] } }, home: 'x', a: 1, b: 1, c: 1 }`,
      "define/q.json5": "{ b: 2 }",
      "define/base.json5": "{ a: 1, b: 1, c: 1, extends: './common/last' }",
      "define/common/last.json5": "{ '@region:us': { c: 2 } }",
      "define/beta.json5": `{ extends: 'base', versions: { p: '1', q: '1' }, ${fleet} }`,
      "define/other.json5": "{ a: 2 }",
      "define/gamma.json5": `{ extends: ['other', 'base'], versions: { p: '1' } }`,
    });
    expect(await told(made)).toEqual([]);
  });

  it("is none of versions, directives, and what a view changes back", async () => {
    const made = await beta({
      "define/facsimile.json5": `{ ${projects}, ${on}, l: [1], m: { a: 1 }, "@region:us": { l: [2] } }`,
      "define/beta.json5": `{ ${on}, ${fleet}, l: [1], m: { $replace: { a: 1 } } }`,
    });
    expect(await told(made)).toEqual([]);
  });

  it("is also a block that says what all see, and a key of a module", async () => {
    const made = await beta({
      "define/facsimile.json5": `{ ${projects}, a: 1,\n "@region:us": { a: 1 } }`,
      "define/modules.json5": "[{ name: 'm', service: { queue: 'q' } }]",
      "define/beta.json5": `{ ${on}, ${fleet},\n service: { m: { queue: 'q' } } }`,
    });
    expect(await told(made)).toEqual([
      "VALUE_REDUNDANT define/beta.json5:2 modules.m.service.queue is what it inherits from define/modules.json5:1:33",
      "VALUE_REDUNDANT define/facsimile.json5:2 a is what it inherits from define/facsimile.json5:1:67",
    ]);
  });

  it("is not told of what an instance reads that is not right", async () => {
    const made = await beta({
      "define/facsimile.json5": `{ ${projects}, a: 1 }`,
      "define/p.json5": "{ a: 1 }",
      "define/gamma.json5": `{ ${on}, deploy: { keep: 0 } }`,
    });
    expect(await codes(made)).toEqual(["! INVALID_VALUE"]);
  });
});

describe("DIRECTIVE_IDLE", () => {
  it("is a directive that finds nothing, wherever it is read", async () => {
    const made = await beta({
      "define/beta.json5": `{ ${on}, ${fleet},\n l: { $remove: ["x"] },\n k: { $delete: true },\n "@host:w1": { m: [1],\n n: { $delete: true } } }`,
    });
    expect(await told(made)).toEqual([
      "DIRECTIVE_IDLE define/beta.json5:2 $remove at l finds nothing to work on",
      "DIRECTIVE_IDLE define/beta.json5:3 $delete at k finds nothing to work on",
      "DIRECTIVE_IDLE define/beta.json5:5 $delete at n finds nothing to work on",
    ]);
    expect((await lint(await made.now())).findings[0]?.hint).toMatch(
      /unless it is for what a source's own definitions set/,
    );
  });

  it("is none that hits in one chain, for one project, or for one host", async () => {
    const made = await world({
      "define/facsimile.json5": "{ projects: { p: { repo: 'x', targets: ['web'] }, q: { repo: 'x', targets: ['web'] } }, home: 'x', '@region:us': { seen: 1 }, a: 1 }",
      "define/q.json5": "{ known: 1 }",
      "define/last.json5": "{ known: { $delete: true }, seen: { $delete: true }, instance: { $delete: true } }",
      "define/beta.json5": `{ extends: 'last', versions: { p: '1', q: '1' }, ${fleet} }`,
      "define/gamma.json5": "{ versions: { p: '1' }, instance: 1 }",
      "define/gamma.x.json5": "{ extends: 'last' }",
    }); // biome-ignore format: one line
    expect(await told(made)).toEqual([]);
  });

  it("is not told of what an instance reads that is not right", async () => {
    const made = await beta({
      "define/p.json5": "{ l: { $delete: true } }",
      "define/gamma.json5": `{ ${on}, deploy: { keep: 0 } }`,
    });
    expect(await codes(made)).toEqual(["! INVALID_VALUE"]);
  });
});

describe("VIEW_UNUSED", () => {
  it("is a block that no host sees, with the nearest name", async () => {
    const made = await beta({
      "define/facsimile.json5": `{ ${projects},\n "@host:w3": { a: 1 },\n "@region:mars": { a: 1 },\n "@target:wbe": { a: 1 } }`,
    });
    expect(await told(made)).toEqual([
      "VIEW_UNUSED define/facsimile.json5:2 there is no host w3, so nobody sees this block",
      "VIEW_UNUSED define/facsimile.json5:3 no host is in region mars, so nobody sees this block",
      "VIEW_UNUSED define/facsimile.json5:4 no host has target wbe, so nobody sees this block",
    ]);
    const { findings } = await lint(await made.now());
    expect(findings.map(({ hint }) => hint)).toEqual([
      'Did you mean "@host:w1"?',
      "Take it out, or mend its name.",
      'Did you mean "@target:web"?',
    ]);
  });

  it("is none that one host of one instance sees, nor one of a system", async () => {
    const made = await beta({
      "define/facsimile.json5": `{ ${projects}, "@host:w1": { a: 1 }, "@region:us": { a: 2 }, "@host:g1": { a: 3 }, "@host:local": { a: 4 }, "@system:darwin": { a: 5 } }`,
      "define/gamma.json5": `{ ${on}, deploy: { nodes: { web: ['g1'] } } }`,
      "define/dev.json5": `{ ${on} }`,
    });
    expect(await told(made)).toEqual([]);
  });

  it("is not told where the hosts of an instance are not known", async () => {
    const made = await beta({
      "define/facsimile.json5": `{ ${projects}, "@host:g1": { a: 3 } }`,
      "define/gamma.json5": `{ ${on}, deploy: { nodes: { web: ['g1'] }, keep: 0 } }`,
    });
    expect(await codes(made)).toEqual(["! INVALID_VALUE"]);
  });
});

describe("SECRET_IN_CLEAR", () => {
  it("is a text under a key that is called like a secret, in any layer and block", async () => {
    const made = await beta({
      "define/facsimile.json5": `{ ${projects},\n db: { password: 'x' },\n "@region:us": { api_key: 'y' } }`,
      "define/modules.json5": "[{ name: 'm',\n db: { passwd: 'z' } }]",
      "define/beta.json5": `{ ${on}, ${fleet},\n config: { m: { token: 't' } },\n tokens: { $append: ['u'] },\n secret: { $literal: '\${v}' } }`,
    });
    expect(await told(made)).toEqual([
      "SECRET_IN_CLEAR define/beta.json5:2 config.m.token is called like a secret, and stands here for every reader",
      "SECRET_IN_CLEAR define/beta.json5:3 tokens is called like a secret, and stands here for every reader",
      "SECRET_IN_CLEAR define/beta.json5:4 secret is called like a secret, and stands here for every reader",
      "SECRET_IN_CLEAR define/facsimile.json5:2 db.password is called like a secret, and stands here for every reader",
      "SECRET_IN_CLEAR define/facsimile.json5:3 api_key is called like a secret, and stands here for every reader",
      "SECRET_IN_CLEAR define/modules.json5:2 modules.m.db.passwd is called like a secret, and stands here for every reader",
    ]);
    const { findings } = await lint(await made.now());
    expect(JSON.stringify(findings)).not.toMatch(/"[xyztu]"/);
    expect(findings[3]?.hint).toBe('Write {$secret: "db/password"}, and change the secret: git keeps what was here.');
  });

  it("is none that refers to a secret or another value, is empty, taken out, or a number", async () => {
    const made = await beta({
      "define/facsimile.json5": `{ ${projects}, db: { password: { $secret: 'db/root' }, user: 'u' }, token: "\${db.user}", passwd: '', max_tokens: 5, secret: 'x' }`,
      "define/p.json5": "{ secret: { $delete: true } }",
      "define/beta.json5": `{ ${on}, ${fleet}, password: { $replace: { $secret: 'x' } } }`,
    });
    expect(await told(made)).toEqual([
      "SECRET_IN_CLEAR define/facsimile.json5:1 secret is called like a secret, and stands here for every reader",
    ]);
  });

  it("is also what the user's schema calls so; its old and deprecated keys are told by it", async () => {
    const made = await beta({
      "define/schema.json5":
        "{ properties: { pin: { secret: true }, now: { renamedFrom: 'then' }, old: { deprecated: 'Use now.' } } }",
      "define/beta.json5": `{ ${on}, ${fleet},\n pin: 4711,\n then: 1,\n old: 2 }`,
    });
    expect(await told(made)).toEqual([
      "SECRET_IN_CLEAR define/beta.json5:2 pin is declared a secret, and stands here for every reader",
      "DEPRECATED define/beta.json5:3 then is called now now",
      "DEPRECATED define/beta.json5:4 old is deprecated",
    ]);
  });
});

describe("LAYER_UNUSED", () => {
  it("is a file that nobody reads; one with a reserved name says so", async () => {
    const made = await beta({
      "define/common/used.json5": "{}",
      "define/common/left over.yaml": "a: 1",
      "define/local.json5": "{}",
      "define/gamma.json5": "{ extends: './common/used' }",
      "define/README": "no definition",
      "define/notes.txt": "none either",
    });
    expect(await told(made)).toEqual([
      "LAYER_UNUSED define/common/left over.yaml:1 no project, no instance and no extends reads this file",
      "LAYER_UNUSED define/local.json5:1 no project, no instance and no extends reads this file",
    ]);
  });

  it("is none of a project without a version, an instance that is not right, or where a chain cannot be read", async () => {
    const made = await beta({
      "define/facsimile.json5": "{ projects: { p: { repo: 'x', targets: ['web'] }, q: { repo: 'x' } }, home: 'x' }",
      "define/q.json5": "{}",
      "define/gamma.json5": "{ extends: './common/g', deploy: { keep: 0 } }",
      "define/common/g.json5": "{}",
      "define/broken.json5": "{ extends: './common/b' ",
      "define/common/b.json5": "{}",
    });
    expect(await codes(made)).toEqual(["! FILE_SYNTAX", "! INVALID_VALUE"]);
  });
});

describe("NAME_SIMILAR", () => {
  const files = {
    "define/facsimile.json5": "{ projects: { storefront: { repo: 'x' }, ledger: { repo: 'x' } }, home: 'x' }",
    "define/ledger.json5": "{}",
  };

  it("is an instance that is nearly called like a project without a file", async () => {
    const made = await world({ ...files, "define/storefrnt.json5": "{ banner: 'x', deploy: { shared: ['var'] } }" });
    expect(await told(made)).toEqual([
      "NAME_SIMILAR define/storefrnt.json5:1 this is read as the instance storefrnt, and the project storefront has no file",
    ]);
  });

  it("is none that says what only instances say, or where the project has its file", async () => {
    for (const own of ["versions: { storefront: '1' }", "hosts: { a: {} }, deploy: { nodes: { x: ['a'] } }", "home: 'y'", "protected: true"]) {
      expect(await told(await world({ ...files, "define/storefrnt.json5": `{ ${own} }` }))).toEqual([]);
    } // biome-ignore format: a list
    expect(await told(await world({ ...files, "define/ledgr.json5": "{ banner: 'x' }" }))).toEqual([]);
    expect(await told(await world({ ...files, "define/production.json5": "{ banner: 'x' }" }))).toEqual([]);
  });
});

describe("KEY_IDLE", () => {
  const waves = "waves: [{ max: 1 }]";

  it("tells what only the policy rolling heeds, where every instance that reads it has the policy together", async () => {
    const made = await beta({
      "define/facsimile.json5": `{ ${projects},\n deploy: { maxFailures: 1 } }`,
      "define/beta.x.json5": `{ deploy: {\n ${waves} } }`,
    });
    const rest = "means nothing with the policy together";
    expect(await told(made)).toEqual([
      `KEY_IDLE define/beta.x.json5:2 deploy.waves ${rest}`,
      `KEY_IDLE define/facsimile.json5:2 deploy.maxFailures ${rest}`,
    ]);
  });

  it("says nothing of what one instance heeds, or one whose policy nobody knows", async () => {
    const made = await beta({
      "define/facsimile.json5": `{ ${projects},\n deploy: { maxFailures: 1 } }`,
      "define/beta.x.json5": `{ deploy: { ${waves}, policy: 'rolling' } }`,
    });
    expect(await told(made)).toEqual([]);
    const broken = await beta({ "define/beta.x.json5": `{ deploy: { ${waves}, keep: 0 } }` });
    expect(await codes(broken)).toEqual(["! INVALID_VALUE"]);
  });
});

describe("HOST_TWICE", () => {
  const nodes = "deploy: { nodes: { web: ['w1', 'w2'] } }";

  it("is a host of an instance that has the address, port and user of another one, and its home", async () => {
    const made = await beta({
      "define/beta.json5": `{ ${on}, ${nodes},\n hosts: { w1: { address: '10.0.0.1', port: 22, user: 'shop' },\n w2: { address: '10.0.0.1', port: 22, user: 'shop' } } }`,
    });
    expect(await told(made)).toEqual([
      "HOST_TWICE define/beta.json5:3 the hosts w1 and w2 are one: shop@10.0.0.1:22, with the same home; a deploy would lock itself out",
    ]);
  });

  it("is none with another port, user or home, one that is down, or one of another instance", async () => {
    const hosts = (w2: string) => `hosts: { w1: { address: '10.0.0.1' }, w2: { address: '10.0.0.1', ${w2} } }`;
    for (const w2 of ["port: 2222", "user: 'other'", "down: 'disk'"])
      expect(await told(await beta({ "define/beta.json5": `{ ${on}, ${nodes}, ${hosts(w2)} }` })), w2).toEqual([]);
    const views = `"@host:w2": { home: 'q' }`;
    expect(await told(await beta({ "define/beta.json5": `{ ${on}, ${nodes}, ${hosts("")}, ${views} }` }))).toEqual([]);
    const gamma = `{ ${on}, deploy: { nodes: { web: ['g1'] } }, hosts: { g1: { address: 'w1' } } }`;
    expect(await told(await beta({ "define/gamma.json5": gamma }))).toEqual([]);
  });
});

describe("HOST_UNUSED", () => {
  it("is a host without a part in any instance that describes it", async () => {
    const made = await beta({
      "define/beta.json5": `{ ${on}, deploy: { nodes: { web: ['w1', 'db1.ue'] } },\n hosts: { w1: {},\n "db1.eu": {},\n old: {} } }`,
    });
    expect(await told(made)).toEqual([
      "HOST_UNUSED define/beta.json5:3 the host db1.eu is described here, and deploy.nodes names it nowhere",
      "HOST_UNUSED define/beta.json5:4 the host old is described here, and deploy.nodes names it nowhere",
    ]);
    const { findings } = await lint(await made.now());
    expect(findings.map(({ hint }) => hint)).toEqual([
      "deploy.nodes names db1.ue: is it that?",
      "Give it a part in deploy.nodes, or take it out.",
    ]);
  });

  it("is none that another instance uses, that is down, or that is this machine", async () => {
    const made = await beta({
      "define/facsimile.json5": `{ ${projects}, hosts: { w1: {}, w2: {}, g1: {} } }`,
      "define/beta.json5": `{ ${on}, deploy: { nodes: { web: ['w1', 'w2'] } }, hosts: { w2: { down: 'disk' } } }`,
      "define/gamma.json5": `{ ${on}, deploy: { nodes: { web: ['g1'] } } }`,
      "define/dev.json5": `{ ${on}, hosts: { local: { address: '127.0.0.9' } } }`,
    });
    expect(await told(made)).toEqual([]);
  });
});

describe("a comment lint-allow", () => {
  it("accepts findings of its codes, in its line or the next", async () => {
    const made = await beta({
      "define/facsimile.json5": `{ ${projects},
        password: "x", // lint-allow SECRET_IN_CLEAR: of a test database
        token: "y",
        // lint-allow: VIEW_UNUSED, SECRET_IN_CLEAR
        "@host:w9": { a: 1 },
        /* lint-allow VIEW_UNUSED */ "@host:w8": { a: 1 },
        // lint-allow VIEW_UNUSED
        secret: "z" }`,
      "define/p.yaml": "# lint-allow VALUE_REDUNDANT\nhome: p\n",
      "define/local.yaml": "# kept for later: lint-allow LAYER_UNUSED\n{}",
    });
    expect(await told(made)).toEqual([
      "SECRET_IN_CLEAR define/facsimile.json5:3 token is called like a secret, and stands here for every reader",
      "SECRET_IN_CLEAR define/facsimile.json5:8 secret is called like a secret, and stands here for every reader",
    ]);
    expect((await lint(await made.now())).allowed).toBe(5);
  });
});

it("takes the definitions that a source repository carries, and only those", async () => {
  const made = await world({
    "config/facsimile.json5":
      "{ projects: { p: { repo: '.' } }, home: 'x',\n currency: 'EUR', instances: { beta: { versions: { p: '1' },\n currency: 'EUR' } } }",
    "config/other.json5": "{ not ours",
  });
  expect(await told(made)).toEqual([
    "VALUE_REDUNDANT config/facsimile.json5:3 currency is what it inherits from config/facsimile.json5:2:12",
  ]);
});

it("leaves alone a project whose definitions live in its source", async () => {
  const made = await world({
    "define/facsimile.json5": "{ projects: { p: { repo: 'x', definitions: 'source' } } }",
    "define/beta.json5": "{ versions: { p: '1' } }",
  });
  const { projects: own, problems } = await lint(await made.now());
  expect({ own, problems }).toEqual({ own: [], problems: [] });
});
