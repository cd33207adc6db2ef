import { describe, expect, it } from "vitest";
import { requireDeployable } from "../src/index.ts";
import { problems, world } from "./world.ts";

const projects = "projects: { p: { repo: 'sources/p', targets: ['web', 'db'] } }";

describe("one or many are lists, and defaults are in place", () => {
  it("for commands, health checks and the rest of deploy", async () => {
    const { resolve } = await world({
      "define/facsimile.json5": `{ ${projects} }`,
      "define/beta.json5": `{ deploy: {
        precmd: ['one', { run: ['a', 'b'], once: true }], postcmd: './restart', health: { http: 'http://x/', retries: 2 }, parallel: 3 } }`,
    });
    expect((await resolve("beta")).values.deploy).toEqual({
      strategy: "releases",
      policy: "together",
      maxUnreachable: 0,
      maxFailures: 0,
      parallel: 3,
      keep: 5,
      precmd: [{ run: "one" }, { run: ["a", "b"], once: true }],
      postcmd: [{ run: "./restart" }],
      health: [{ http: "http://x/", retries: 2 }],
      waves: [],
    });
  });

  it("a wave's soak is in seconds, however it is written", async () => {
    const { resolve } = await world({
      "define/facsimile.json5": `{ ${projects} }`,
      "define/beta.json5":
        "{ deploy: { maxUnreachable: '10%', waves: [{ max: 1, soak: '90s' }, { soak: '5m' }, { soak: '24h' }, { soak: 7 }, {}] } }",
    });
    const { waves, maxUnreachable } = (await resolve("beta")).values.deploy;
    expect(waves).toEqual([{ max: 1, soak: 90 }, { soak: 300 }, { soak: 86_400 }, { soak: 7 }, {}]);
    expect(maxUnreachable).toBe("10%");
  });

  it("a soak and a number of hosts that nobody can mean are refused", async () => {
    const refused = async (deploy: string) => {
      const { resolve } = await world({ "define/facsimile.json5": "{}", "define/beta.json5": `{ deploy: ${deploy} }` });
      return problems(resolve("beta"));
    };
    for (const soak of ["'0s'", "'5'", "'1d'", "'-5s'", "'5 m'", "''", "0", "'25h'"])
      expect((await refused(`{ waves: [{ soak: ${soak} }] }`)).join(), soak).toMatch(/INVALID_VALUE/);
    for (const some of ["'101%'", "'%'", "'5'", "-1", "1.5", "'1.5%'"])
      expect((await refused(`{ maxFailures: ${some} }`)).join(), some).toMatch(/INVALID_VALUE/);
  });

  it("a project's own build lies beneath the key build", async () => {
    const { resolve } = await world({
      "define/facsimile.json5":
        "{ projects: { p: { repo: 'x', build: { run: ['make'] } }, q: { repo: 'x' } }, build: { timeout: 9 } }",
      "define/beta.json5": "{}",
    });
    expect((await resolve("beta", { project: "p" as never })).values.build).toEqual({ run: ["make"], timeout: 9 });
    expect((await resolve("beta", { project: "q" as never })).values.build).toEqual({ timeout: 9 });
  });

  it("what Python compiles in a virtual environment is mutable, beside what else is", async () => {
    const { resolve } = await world({
      "define/facsimile.json5": "{ projects: { p: { repo: 'x' } }, deploy: { mutable: ['cache/**'] } }",
      "define/one.json5": "{ build: { virtualenv: true } }",
      "define/two.json5": "{ build: { virtualenv: { dir: 'lib/py' } } }",
      "define/three.json5": "{ build: { virtualenv: false } }",
    });
    const mutable = async (instance: string) => (await resolve(instance)).values.deploy.mutable;
    expect(await mutable("one")).toEqual(["cache/**", "venv/**/__pycache__"]);
    expect(await mutable("two")).toEqual(["cache/**", "lib/py/**/__pycache__"]);
    expect(await mutable("three")).toEqual(["cache/**"]);
  });
});

it("the scope of state is the instance's first part, what it says, or its own", async () => {
  const { resolve } = await world({
    "define/facsimile.json5": "{}",
    "define/dev.json5": "{}",
    "define/dev.x.json5": "{ state: { scope: 'own' } }",
    "define/dev.y.json5": "{ state: { scope: 'team' } }",
    "define/dev.z.json5": "{}",
  });
  const scopes = await Promise.all(["dev.x", "dev.y", "dev.z"].map(async (name) => (await resolve(name)).scope));
  expect(scopes).toEqual(["dev.x", "team", "dev"]);
});

it("only what can be deployed passes as deployable", async () => {
  const { resolve } = await world({
    "define/facsimile.json5": `{ ${projects} }`,
    "define/beta.json5": "{}",
    "define/good.json5": "{ home: 'x', versions: { p: '1' } }",
  });
  const beta = await resolve("beta", { project: "p" });
  expect(await problems(Promise.resolve().then(() => requireDeployable(beta)))).toEqual([
    expect.stringMatching(/^HOME_MISSING beta does not say where releases go/),
    "VERSION_MISSING beta has no version of p (Name it: facs deploy beta p@1.0.0)",
  ]);
  requireDeployable(await resolve("good", { project: "p" }));
});

it("a host that is described under a slip of its name is told", async () => {
  const { resolve } = await world({
    "define/facsimile.json5": "{ projects: { p: { repo: 'x' } } }",
    "define/beta.json5":
      "{ deploy: { nodes: { web: ['web1.eu', 'web2.eu'] } },\n hosts: { 'web1.ue': { region: 'eu' } } }",
    "define/gamma.json5":
      "{ deploy: { nodes: { web: ['web1.eu'] } }, hosts: { 'web1.eu': {}, 'web2.eu': { down: true } } }",
  });
  expect((await resolve("beta")).warnings).toEqual([
    expect.objectContaining({ message: "hosts describes web1.ue, which no target has", hint: "Did you mean web1.eu?" }),
  ]);
  expect((await resolve("gamma")).warnings).toEqual([]);
});

it("projects that are no map are told where they are written", async () => {
  const { resolve } = await world({
    "define/facsimile.json5": "{ projects: { p: { repo: 'x' } } }",
    "define/beta.json5": "{\n projects: 'x' }",
  });
  expect(await problems(resolve("beta", { project: "p" }))).toEqual([
    expect.stringMatching(/^INVALID_VALUE define\/beta\.json5:2:12: projects is a string; expected a map of projects/),
  ]);
});

it("many modules and many mistakes take no longer than they must", async () => {
  const count = (n: number, item: (index: number) => string) => Array.from({ length: n }, (_, i) => item(i)).join(",");
  const { resolve } = await world({
    "define/facsimile.json5": "{ projects: { p: { repo: 'x' } } }",
    "define/modules.json5": `[${count(3000, (n) => `{name:'m${n}',x:1}`)}]`,
    "define/beta.json5": `{ hosts: {${count(1000, (n) => `'h${n}':{adress:'x'}`)}} }`,
  });
  expect(await problems(resolve("beta"))).toHaveLength(1000);
});
