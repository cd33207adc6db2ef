import { describe, expect, it } from "vitest";
import { beside, effects, type Files, plan, refused } from "./planned.ts";

const TWO = `{
  projects: { shop: { repo: "x", targets: ["web"] }, ledger: { repo: "y", targets: ["web", "db"] } },
  regions: { eu: {}, us: {} },
  banner: "hello",
  deploy: { keep: 3, user: "nobody" },
}`;
const HOSTS = `deploy: { nodes: { web: ["w1", "w2"], db: ["d1"] } }, hosts: { w1: { region: "eu" }, w2: { region: "us" }, d1: { region: "us" } }`;
const files = (more: Files): Files => ({ "define/facsimile.json5": TWO, ...more });

describe("an edit is seen", () => {
  it("by every instance that uses the layer, for each project, and told of no other", async () => {
    const three = files({ "define/dev.json5": "{}", "define/dev.dev0.json5": "{}", "define/staging.json5": "{}" });
    expect(await effects(three, "facsimile banner sale")).toEqual(
      ["dev", "dev.dev0", "staging"].flatMap((name) => [`${name} shop: seen`, `${name} ledger: seen`]),
    );
    expect(await effects(three, "dev banner sale")).toEqual([
      "dev shop: seen",
      "dev ledger: seen",
      "dev.dev0 shop: seen",
      "dev.dev0 ledger: seen",
    ]);
    expect(await effects({ ...three, "define/shop.json5": "{}" }, "shop banner sale")).toEqual([
      "dev shop: seen",
      "dev.dev0 shop: seen",
      "staging shop: seen",
    ]);
  });

  it("through extends, by those who extend the layer alone", async () => {
    const extended = files({
      "define/dev.json5": "{ extends: './base/common' }",
      "define/staging.json5": "{}",
      "define/base/common.json5": "{}",
    });
    expect(await effects(extended, "define/base/common.json5 a 1")).toEqual(["dev shop: seen", "dev ledger: seen"]);
    expect(await effects(extended, "dev extends [] ")).toEqual(["dev shop: no change", "dev ledger: no change"]);
    expect(await effects(extended, "staging extends base/common")).toEqual([
      "staging shop: no change",
      "staging ledger: no change",
    ]);
    const filled = { ...extended, "define/base/common.json5": "{ a: 1 }" };
    expect(await effects(filled, "staging extends base/common")).toEqual([
      "staging shop: seen",
      "staging ledger: seen",
    ]);
    expect(await effects(filled, "dev extends")).toEqual(["dev shop: seen", "dev ledger: seen"]);
  });

  it("by a person's own copy too", async () => {
    const local = files({ "define/staging.json5": "{}", "define/local.robin.json5": "{ extends: 'staging' }" });
    expect(await effects(local, "staging banner sale")).toEqual([
      "local.robin shop: seen",
      "local.robin ledger: seen",
      "staging shop: seen",
      "staging ledger: seen",
    ]);
    expect(await effects(local, "local.robin banner sale")).toEqual([
      "local.robin shop: seen",
      "local.robin ledger: seen",
    ]);
  });

  it("by instances alone where there is no project to ask for", async () => {
    const none = { "define/facsimile.json5": "{}", "define/dev.json5": "{}" };
    expect(await effects(none, "dev banner sale")).toEqual(["dev: seen"]);
  });

  it("under another name: of a key that was renamed, of a module that overlays reach", async () => {
    const renamed = {
      ...beside("{ motd: 'x' }"),
      "define/schema.json5": "{ properties: { banner: { type: 'string', renamedFrom: 'motd' } } }",
    };
    expect(await effects(renamed, "dev motd y")).toEqual(["dev shop: seen"]);
    expect(await effects({ ...renamed, "define/dev.dev0.json5": "{ banner: 'z' }" }, "dev motd y")).toEqual([
      "dev shop: seen",
      "dev.dev0 shop: banner hidden by define/dev.dev0.json5:1:11",
    ]);
    const modules = { ...beside("{}"), "define/modules.json5": "[{ name: 'worker', service: { threads: 1 } }]" };
    expect(await effects(modules, "dev service.worker.threads 2")).toEqual(["dev shop: seen"]);
  });

  it("where it makes another value than before, though the key itself does not change", async () => {
    const made = beside("{ url: 'http://${name}/', name: 'a' }");
    expect(await effects(made, "dev name b")).toEqual(["dev shop: seen"]);
    const same = beside("{ a: '${banner}', b: 'hello' }");
    expect(await effects(same, "dev a hello")).toEqual(["dev shop: no change"]);
  });
});

describe("an edit is hidden", () => {
  const banners = files({
    "define/dev.json5": "{\n  banner: 'dev' }",
    "define/dev.dev0.json5": "{ banner: 'dev0' }",
    "define/staging.json5": "{}",
  });

  it("from whom a stronger layer says otherwise, and the place is told", async () => {
    expect(await effects(banners, "facsimile banner sale")).toEqual([
      "dev shop: banner hidden by define/dev.json5:2:11",
      "dev ledger: banner hidden by define/dev.json5:2:11",
      "dev.dev0 shop: banner hidden by define/dev.dev0.json5:1:11",
      "dev.dev0 ledger: banner hidden by define/dev.dev0.json5:1:11",
      "staging shop: seen",
      "staging ledger: seen",
    ]);
    expect((await effects(banners, "facsimile banner")).slice(-3)).toEqual([
      "dev.dev0 ledger: banner hidden by define/dev.dev0.json5:1:11",
      "staging shop: seen",
      "staging ledger: seen",
    ]);
  });

  it("for a project that says otherwise", async () => {
    const own = files({ "define/dev.json5": "{}", "define/shop.json5": "{ banner: 'shop' }" });
    expect(await effects(own, "facsimile banner sale")).toEqual([
      "dev shop: banner hidden by define/shop.json5:1:11",
      "dev ledger: seen",
    ]);
  });

  it("from hosts in a view block, of the same file too", async () => {
    const view = files({ "define/staging.json5": `{ ${HOSTS}, banner: "x",\n  "@region:us": { banner: "us" } }` });
    expect(await effects(view, "staging banner sale")).toEqual([
      "staging shop: seen, banner hidden by define/staging.json5:2:27 @region:us",
      "staging ledger: seen, banner hidden by define/staging.json5:2:27 @region:us",
    ]);
    const target = files({ "define/staging.json5": `{ ${HOSTS}, "@target:db": { banner: "db" } }` });
    expect(await effects(target, "staging banner sale")).toEqual([
      "staging shop: seen",
      expect.stringMatching(/^staging ledger: seen, banner hidden by \S+ @target:db$/),
    ]);
  });

  it("in part, where a map is set of which a stronger layer says something", async () => {
    const deploy = files({ "define/dev.json5": "{ deploy: { user: 'dev' } }" });
    expect(await effects(deploy, "facsimile deploy {user: 'all', keep: 9}")).toEqual([
      "dev shop: seen, deploy.user hidden by define/dev.json5:1:19",
      "dev ledger: seen, deploy.user hidden by define/dev.json5:1:19",
    ]);
  });

  it("by a directive that comes to the same", async () => {
    const tags = files({
      "define/dev.json5": "{ tags: ['a'] }",
      "define/dev.dev0.json5": "{ tags: { $remove: ['b'] } }",
      "define/dev.dev1.json5": "{ tags: { $append: ['b'] } }",
    });
    expect(await effects(tags, "dev tags ['a','b']")).toEqual([
      "dev shop: seen",
      "dev ledger: seen",
      "dev.dev0 shop: tags hidden by define/dev.dev0.json5:1:9",
      "dev.dev0 ledger: tags hidden by define/dev.dev0.json5:1:9",
      "dev.dev1 shop: seen",
      "dev.dev1 ledger: seen",
    ]);
  });

  it("by no directive that adds to it", async () => {
    const tags = beside("{ tags: { $append: ['a'] } }");
    const more = { ...tags, "define/dev.dev0.json5": "{ tags: { $append: ['c'] } }" };
    expect(await effects(more, "dev tags {$append: ['b']}")).toEqual(["dev shop: seen", "dev.dev0 shop: seen"]);
  });

  it("from everybody, and then refused with the stronger places and where to change it instead", async () => {
    const all = files({ "define/dev.json5": "{\n  banner: 'dev' }" });
    const message =
      "EDIT_HIDDEN define/dev.json5:2:11: nobody would see banner of define/facsimile.json5: define/dev.json5:2:11 is stronger (Nothing was written. Change banner there: --in define/dev.json5)";
    expect(await refused(all, "facsimile banner sale")).toBe(message);
    expect(await refused(all, "facsimile banner")).toBe(message);
    const many = Object.fromEntries(["a", "b", "c", "d", "e"].map((name) => [`define/${name}.json5`, "{ banner: 1 }"]));
    expect(await refused(files(many), "facsimile banner sale")).toContain(
      "define/a.json5:1:11, define/b.json5:1:11, define/c.json5:1:11 and 2 more are stronger",
    );
  });

  it("also where only blocks of the file itself are stronger, which have no lines yet", async () => {
    const own = beside("{ '@system:linux': { a: 1 } }");
    expect(await refused(own, "dev a 2")).toBe(
      "EDIT_HIDDEN nobody would see a of define/dev.json5: define/dev.json5 (@system:linux) is stronger (Nothing was written. Change @system:linux.a there: --in define/dev.json5)",
    );
  });

  it("by a secret, of which no line is pointed at", async () => {
    const secret = beside("{ password: 'hunter2' }");
    expect(await refused(secret, "facsimile password {$secret: 'x'}")).toBe(
      "EDIT_HIDDEN nobody would see password of define/facsimile.json5: define/dev.json5:1:13 is stronger (Nothing was written. Change password there: --in define/dev.json5)",
    );
  });

  it("by another layer of the same file", async () => {
    const single = "{ projects: { shop: { repo: '.' } }, instances: { beta: { a: 1 } } }";
    expect(await refused({ "config/facsimile.json5": single }, "facsimile a 2")).toBe(
      "EDIT_HIDDEN nobody would see a of config/facsimile.json5: config/facsimile.json5 (instances.beta) is stronger (Nothing was written. Change a there: --in beta)",
    );
  });

  it("from no one while somebody sees it, or has it already", async () => {
    const same = files({
      "define/dev.json5": "{ banner: 'dev' }",
      "define/staging.json5": "{}",
      "define/shop.json5": "{}",
    });
    expect(await effects(same, "shop banner hello")).toEqual([
      "dev shop: banner hidden by define/dev.json5:1:11",
      "staging shop: as define/facsimile.json5:4:11",
    ]);
  });
});

describe("an edit changes nothing", () => {
  it("where what is inherited is the same, and the place of that is told", async () => {
    const one = files({ "define/dev.json5": "{}", "define/dev.dev0.json5": "{ banner: 'hello' }" });
    expect(await effects(one, "dev banner hello")).toEqual([
      "dev shop: as define/facsimile.json5:4:11",
      "dev ledger: as define/facsimile.json5:4:11",
      "dev.dev0 shop: banner hidden by define/dev.dev0.json5:1:11",
      "dev.dev0 ledger: banner hidden by define/dev.dev0.json5:1:11",
    ]);
    expect(await effects(one, "dev.dev0 banner")).toEqual([
      "dev.dev0 shop: as define/facsimile.json5:4:11",
      "dev.dev0 ledger: as define/facsimile.json5:4:11",
    ]);
    expect(await effects(one, "dev deploy.keep 3")).toContain("dev.dev0 shop: as define/facsimile.json5:5:19");
    expect(await effects(one, "dev deploy.parallel 20")).toContain("dev.dev0 shop: as defaults");
  });

  it("where it is no value", async () => {
    expect(await effects(beside("{}"), "dev $schema ./definition.schema.json")).toEqual(["dev shop: no change"]);
    expect(await effects(beside("{}"), "dev more {}")).toEqual(["dev shop: seen"]);
  });
});

describe("an edit of a view block", () => {
  const staging = `{ ${HOSTS}, banner: "x", "@region:us": { banner: "us" } }`;
  const view = files({ "define/staging.json5": staging, "define/dev.json5": "{}" });

  it("is seen by those who see the block", async () => {
    expect(await effects(view, "staging @region:us.banner sale")).toEqual([
      "staging shop: seen",
      "staging ledger: seen",
    ]);
    expect(await effects(view, 'staging "@host:d1".banner sale')).toEqual([
      "staging shop: no host in @host:d1",
      "staging ledger: seen",
    ]);
    expect(await effects(view, "staging @system:darwin.build {run: ['make']}")).toEqual([
      "staging shop: seen",
      "staging ledger: seen",
    ]);
  });

  it("is hidden by stronger blocks and layers", async () => {
    expect(await refused(view, "facsimile @region:us.banner sale")).toContain("nobody would see @region:us.banner");
    const weaker = files({
      "define/staging.json5": staging,
      "define/blue.json5": "{ extends: 'staging', banner: 'blue' }",
    });
    expect(await effects(weaker, "staging @region:us.banner sale")).toEqual([
      "blue shop: banner hidden by define/blue.json5:1:31",
      "blue ledger: banner hidden by define/blue.json5:1:31",
      "staging shop: seen",
      "staging ledger: seen",
    ]);
    const host = files({ "define/staging.json5": `{ ${HOSTS}, "@host:w2": { banner: "w2" } }` });
    expect(await effects(host, "staging @region:us.banner sale")).toEqual([
      "staging shop: banner hidden by define/staging.json5:1:156 @host:w2",
      "staging ledger: seen, banner hidden by define/staging.json5:1:156 @host:w2",
    ]);
  });

  it("for hosts that are not there is allowed, and told", async () => {
    expect(await effects(view, "staging @region:eu2.banner sale")).toEqual([
      "staging shop: no host in @region:eu2",
      "staging ledger: no host in @region:eu2",
    ]);
    const { warnings } = await plan(view, "staging @region:eux.banner sale");
    expect(warnings).toMatchObject([{ code: "VIEW_UNUSED", hint: 'Did you mean "@region:eu"?' }]);
    expect(await effects(view, "facsimile @region:us.more 1")).toEqual([
      "dev shop: no host in @region:us",
      "dev ledger: no host in @region:us",
      "staging shop: seen",
      "staging ledger: seen",
    ]);
  });

  it("may put or take out the whole block", async () => {
    expect(await effects(view, "staging @region:us")).toEqual(["staging shop: seen", "staging ledger: seen"]);
    expect(await effects(view, "staging @region:us {banner: 'sale', more: 1}")).toEqual([
      "staging shop: seen",
      "staging ledger: seen",
    ]);
    expect(await effects(view, "dev @system:linux {banner: 'sale'}")).toEqual(["dev shop: seen", "dev ledger: seen"]);
    expect(await refused(view, "dev @system:linux 5")).toMatch(
      /^BAD_VIEW .*dev would be wrong: @system:linux holds no map/,
    );
    expect(await refused(view, "dev @sytem:linux {}")).toMatch(
      /^BAD_VIEW .*is not a view \(Did you mean "@system:linux"\?/,
    );
  });
});

describe("what was not looked at is told:", () => {
  it("projects whose definitions live in their sources", async () => {
    const elsewhere = {
      "define/facsimile.json5": "{ projects: { shop: { repo: 'x' }, ledger: { repo: 'y', definitions: 'source' } } }",
      "define/dev.json5": "{}",
      "define/shop.json5": "{}",
      "define/ledger.json5": "{}",
    };
    expect(await plan(elsewhere, "dev a 1")).toMatchObject({ unread: { projects: ["ledger"], instances: [] } });
    expect(await plan(elsewhere, "shop a 1")).toMatchObject({ unread: { projects: [], instances: [] } });
    expect(await plan(elsewhere, "ledger a 1")).toMatchObject({ effects: [], unread: { projects: ["ledger"] } });
    const all = {
      ...elsewhere,
      "define/facsimile.json5": "{ projects: { ledger: { repo: 'y', definitions: 'source' } } }",
    };
    expect(await effects(all, "dev a 1")).toEqual(["dev: seen"]);
  });

  it("instances whose files cannot be read", async () => {
    const broken = files({
      "define/dev.json5": "{}",
      "define/dev.dev0.json5": "{",
      "define/x.json5": "{ extends: 'y' }",
    });
    const planned = await plan(broken, "dev banner sale");
    expect(planned.effects.map(({ instance }) => instance)).toEqual(["dev", "dev"]);
    expect(planned.unread).toEqual({ projects: [], instances: ["dev.dev0", "x"] });
  });
});

describe("what looks wrong afterwards is told, and nothing that did before", () => {
  it.each([
    ["dev deply {}", "SIMILAR_KEY"],
    ["dev tags {$remove: ['x']}", "DIRECTIVE_IDLE"],
    ["dev motd x", "DEPRECATED"],
  ])("%s", async (command, code) => {
    const schema = "{ properties: { banner: { type: 'string', renamedFrom: 'motd' } } }";
    const before = { ...beside("{ hom: 'x' }"), "define/schema.json5": schema };
    const { warnings } = await plan(before, command);
    expect(warnings.map((warning) => warning.code)).toEqual([code]);
  });
});
