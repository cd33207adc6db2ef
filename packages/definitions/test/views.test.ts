import { describe, expect, it } from "vitest";
import { problems, world } from "./world.ts";

const projects = "projects: { p: { repo: 'sources/p', targets: ['web'] } }";
const simple = (more: Record<string, string> = {}) => world({ "define/facsimile.json5": `{${projects}}`, ...more });

describe("views", () => {
  const fleet = `{ ${projects}, home: 'x',
    deploy: { user: 'all', nodes: { web: ['w1', 'w2', 'w3'], db: ['w3', 'd1'] } },
    hosts: { w1: { region: 'eu', port: 22 }, w2: { region: 'eu' }, w3: { region: 'us', system: 'darwin', user: 'own', down: 'disk' } } }`.replace(
    "['web']",
    "['web', 'db']",
  );

  it("apply after their own file's body, in the order system, region, target, host", async () => {
    const { resolve } = await world({
      "define/facsimile.json5": fleet,
      "define/beta.json5": `{ o: ['body'], who: 'body',
        '@host:w3': { o: { $append: ['host'] } }, '@target:db': { o: { $append: ['db'] } }, '@target:web': { o: { $append: ['web'] } },
        '@region:us': { o: { $append: ['us'] }, who: 'us' }, '@system:darwin': { o: { $append: ['darwin'] } } }`,
      "define/beta.x.json5": "{ who: 'x' }",
    });
    const { view, hosts, values } = await resolve("beta.x", { project: "p" });
    const of = (name: string) => view(hosts.find((host) => host.name === name) ?? fail(name));
    expect(of("w3")["o"]).toEqual(["body", "darwin", "us", "web", "db", "host"]);
    expect(of("w3")["who"]).toBe("x");
    expect(of("d1")["o"]).toEqual(["body", "db"]);
    expect(values["o"]).toEqual(["body"]);
    expect((await resolve("beta.x", { project: "p", system: "darwin" })).values["o"]).toEqual(["body", "darwin"]);
  });

  it("are the identical object for hosts that see the same, and frozen", async () => {
    const { resolve } = await world({
      "define/facsimile.json5": fleet,
      "define/beta.json5": "{ a: {}, '@region:eu': { a: { b: 1 } }, '@host:d1': { a: { b: 1 } } }",
    });
    const { view, hosts, values } = await resolve("beta", { project: "p" });
    const [w1, w2, w3, d1] = hosts.map(view);
    expect(w1).toBe(w2);
    expect(w1).toBe(d1);
    expect(w3).toBe(values);
    expect(() => Object.assign(w1 as object, { x: 1 })).toThrow(TypeError);
    expect(() => ((w1?.["a"] as { b: number }).b = 2)).toThrow(TypeError);
  });

  it("give hosts what deploy.nodes and hosts say", async () => {
    const { resolve } = await world({
      "define/facsimile.json5": fleet,
      "define/beta.json5": "{ '@region:eu': { deploy: { user: 'euro' } } }",
    });
    expect((await resolve("beta", { project: "p" })).hosts).toEqual([
      { name: "w1", address: "w1", port: 22, user: "euro", region: "eu", system: "linux", targets: ["web"] },
      { name: "w2", address: "w2", user: "euro", region: "eu", system: "linux", targets: ["web"] },
      { name: "w3", address: "w3", user: "own", region: "us", system: "darwin", targets: ["web", "db"], down: "disk" },
      { name: "d1", address: "d1", user: "all", system: "linux", targets: ["db"] },
    ]);
  });

  it("tell what is wrong in them", async () => {
    const { resolve } = await world({
      "define/facsimile.json5": fleet,
      "define/beta.json5":
        "{ '@regoin:eu': {},\n '@region:eu': { home: '/', extends: 'x' },\n '@host:w2': 5, '@region:ue': {} }",
      "define/good.json5": "{ '@host:w11': {}, '@region:mars': {} }",
    });
    expect(await problems(resolve("beta", { project: "p" }))).toEqual([
      'BAD_VIEW define/beta.json5:1:3: "@regoin:eu" is not a view (Did you mean "@region:eu"?)',
      expect.stringMatching(/^KEY_NOT_ALLOWED define\/beta\.json5:2:29: a view cannot set extends/),
      'BAD_VIEW define/beta.json5:3:2: @host:w2 holds no map of values (Write "@host:w2": { … }.)',
      expect.stringMatching(/^INVALID_VALUE define\/beta\.json5:2:24: home is "\/"; expected a folder/),
    ]);
    expect((await resolve("good", { project: "p" })).warnings).toEqual([
      expect.objectContaining({ code: "VIEW_UNUSED", hint: 'Did you mean "@host:w1"?' }),
    ]);
  });
});

describe("a local instance", () => {
  it("has one host, with all the project's targets", async () => {
    const { resolve } = await simple({
      "define/dev.json5": "{ home: '${env:HOME}/x', deploy: { nodes: { web: [] } } }",
    });
    const definition = await resolve("dev", { project: "p", system: "darwin", env: { HOME: "/home/r" } });
    expect(definition.local).toBe(true);
    expect(definition.hosts).toEqual([{ name: "local", address: "127.0.0.1", system: "darwin", targets: ["web"] }]);
    expect(definition.values.home).toBe("/home/r/x");
  });

  it("may say its address", async () => {
    const { resolve } = await simple({ "define/dev.json5": "{ hosts: { local: { address: '127.0.0.9' } } }" });
    expect((await resolve("dev")).hosts[0]?.address).toBe("127.0.0.9");
  });
});

function fail(what: string): never {
  throw new Error(`no ${what}`);
}
