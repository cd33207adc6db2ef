import { describe, expect, it } from "vitest";
import { after, beside, FACSIMILE, type Files, plan, refused } from "./planned.ts";

describe("an edit is refused that would make a definition wrong which is right now", () => {
  const files = {
    "define/facsimile.json5": FACSIMILE,
    "define/dev.json5": "{ versions: { shop: '1' }, deploy: { nodes: {} } }",
    "define/staging.json5":
      "{ deploy: { nodes: { web: ['a'] } }, hosts: { a: { region: 'eu' } }, regions: { eu: {} } }",
    "define/shop.json5": "{}",
  };

  it("with what would be wrong, and what to write instead", async () => {
    expect(await refused(files, "dev deploy.kep 3")).toMatch(
      /^UNKNOWN_KEY with this change to define\/dev\.json5, dev would be wrong: .*deploy\.kep.* \(Did you mean .*keep\?\nNothing was written\.\)$/,
    );
    expect(await refused(files, "dev deploy.keep many")).toMatch(
      /^INVALID_VALUE with this change .* dev would be wrong: /,
    );
    expect(await refused(files, "dev banner ${nothing}")).toMatch(/^INTERPOLATION .*dev would be wrong/);
    expect(await refused(files, "dev banner {a: 1}")).toMatch(/^KIND_CONFLICT .*dev would be wrong/);
    expect(await refused(files, "dev banner {$apend: ['x']}")).toMatch(/^BAD_DIRECTIVE .*[Dd]id you mean \$append/);
    expect(await refused(files, "dev $append ['x']")).toMatch(/^BAD_DIRECTIVE .*cannot stand at the top/);
    expect(await refused(files, "dev extends nowhere")).toMatch(/^EXTENDS_UNKNOWN .*dev would be wrong/);
    expect(await refused(files, "dev extends dev")).toMatch(/^EXTENDS_CYCLE .*dev would be wrong/);
    expect(await refused(files, "dev extends ../x")).toMatch(/^EXTENDS_OUTSIDE .*dev would be wrong/);
    expect(await refused(files, "facsimile extends nowhere")).toMatch(/^EXTENDS_UNKNOWN .*dev, staging would be wrong/);
    expect(await refused(files, "dev service.worker.threads 2")).toMatch(/^UNKNOWN_MODULE .*dev would be wrong/);
  });

  it("where the layer may not set the key", async () => {
    expect(await refused(files, "shop versions.shop 2")).toMatch(
      /^KEY_NOT_ALLOWED with this change to define\/shop\.json5, dev, staging would be wrong: a project's layer cannot set versions/,
    );
    expect(await refused(files, "staging @region:eu.hosts.a.port 22")).toMatch(
      /^KEY_NOT_ALLOWED .*a view cannot set hosts/,
    );
    expect(await refused(files, "staging @region:eu {'@host:a': {}}")).toMatch(
      /^BAD_VIEW .*stands inside another view/,
    );
  });

  it("for another layer, whose place is then told", async () => {
    expect(await refused(files, "facsimile projects.shop.targets ['app']")).toMatch(
      /^UNKNOWN_TARGET define\/staging\.json5:1:22: with this change to define\/facsimile\.json5, staging would be wrong/,
    );
    expect(await refused(files, "staging regions.eu")).toMatch(
      /^UNKNOWN_REGION with this change to define\/staging\.json5/,
    );
    expect(await refused(files, "facsimile projects.shop")).toMatch(/^UNKNOWN_PROJECT define\/dev\.json5:1:/);
    expect(await refused(files, "facsimile projects.staging {repo: 'y'}")).toMatch(
      /^UNKNOWN_INSTANCE .*staging is a project/,
    );
  });

  it("of one project only", async () => {
    const own = { ...files, "define/shop.json5": "{ port: 1, url: 'http://${home}' }" };
    expect(await refused(own, "dev url {a: 1}")).toMatch(
      /^KIND_CONFLICT .*dev would be wrong: url is a map here, but a string/,
    );
  });

  it("in all that is wrong, each once, with a count where it is wrong for many", async () => {
    const many = Object.fromEntries(["a", "b", "c", "d"].map((name) => [`define/${name}.json5`, "{}"]));
    expect(
      await refused({ "define/facsimile.json5": FACSIMILE, ...many }, "facsimile deploy {keep: 0, kep: 1}"),
    ).toMatch(
      /^\S+ with this change to define\/facsimile\.json5, 4 instances would be wrong: .*\n\S+ with .* 4 instances would be wrong: .*\n.*$/,
    );
  });

  it("but not for what was wrong before, also where the lines of that move", async () => {
    const wrong = (text: string) => ({ ...files, "define/dev.json5": text });
    expect(await after(wrong("{ deploy: { kep: 3 } }"), "dev more 1")).toBe("{ deploy: { kep: 3 }, more: 1 }");
    expect(await after(wrong("{ deploy: { kep: 3 }, home: 5 }"), "dev home x")).toContain('home: "x"');
    expect(await after(wrong("{ deploy: { kep: 3 }, home: 5 }"), "dev deploy.kep")).toContain("deploy: {}");
    const conflict = { ...wrong("{\n  list: [],\n  tail: 1,\n}\n"), "define/dev.dev0.json5": "{ tail: { x: 1 } }" };
    expect(await after(conflict, "dev list ['a',{b:{c:1,d:2,e:3}}]")).toContain("list: [");
    expect(await refused(conflict, "dev list {x: 1}")).toBe("");
    const nowhere = { ...files, "define/dev.dev0.json5": "{ extends: 'nope', x: 1 }" };
    expect(await after(nowhere, "dev.dev0 x 2")).toContain("x: 2");
    expect(await after(nowhere, "dev.dev0 extends dev")).toContain("extends: 'dev'");
  });

  it("and a project may go that nobody speaks of", async () => {
    const two = { ...files, "define/facsimile.json5": FACSIMILE.replace("{ shop:", "{ old: { repo: 'z' }, shop:") };
    expect(await plan(two, "facsimile projects.old")).toMatchObject({
      effects: [
        { instance: "dev", project: "shop" },
        { instance: "staging", project: "shop" },
      ],
    });
  });
});

describe("a secret is not written in clear", () => {
  const SCHEMA = `{
    properties: {
      pin: { type: "number", secret: true, renamedFrom: "code" },
      db: { properties: { user: { secret: true }, port: { renamedFrom: "dbport" } }, renamedFrom: "database" },
      users: { additionalProperties: { properties: { key: { secret: true } } } },
    },
  }`;
  const files: Files = { ...beside("{ mail: { password: { $secret: 'x' } } }"), "define/schema.json5": SCHEMA };

  it.each([
    "password hunter2",
    "mail.password hunter2",
    "mail.password 20231107",
    "mail.password 20231107202311072023",
    "mail {password: 20231107202311072023, port: 25}",
    "mail {password: 'hunter2', password: 'hunter2'}",
    "mail {password: 'hunter2'}",
    "@region:eu.mail.password hunter2",
    "@region:eu {mail: {password: 'hunter2'}}",
    "tokens {$append: ['hunter2']}",
    "mail.password {$replace: 'hunter2'}",
    "mail.list [{password: 'hunter2'}]",
    "config.worker.apiKey hunter2",
    "pin 1234",
    "code 1234",
    "db.user hunter2",
    "database.user hunter2",
    "@host:a.db {user: 'hunter2'}",
    "users.robin.key hunter2",
    "users {$replace: {robin: {key: 'hunter2'}}}",
    "users {$mergeBy: 'name', items: [{name: 'robin', key: 'hunter2'}]}",
    "smtp.password ${mail.user}hunter2",
  ])("%s", async (change) => {
    const text = await refused(files, `dev ${change}`);
    expect(text).toMatch(/^SECRET_IN_CLEAR \S+ is a secret, and would stand in define\/dev\.json5/);
    expect(text).not.toMatch(/hunter2|1234|20231107/);
  });

  it("and what to write instead is told", async () => {
    expect(await refused(files, "dev @region:eu.mail.password hunter2")).toContain(
      '@region:eu.mail.password is a secret, and would stand in define/dev.json5 for every reader (Nothing was written. Refer to it by a name: {$secret: "mail/password"}\n',
    );
  });

  it.each([
    "mail.password {$secret: 'mail/password'}",
    "mail.password ${smtp.password}",
    "mail.password {$delete: true}",
    "pin {$delete: true}",
    "tokens {$mergeBy: 'name', items: []}",
    "mail.password null",
    "mail.password",
    "mail.passwordMinLength 12",
    "maxTokens 4096",
    "db.port 5432",
    "dbport 5432",
    "hosts.token.address 127.0.0.1",
    "@target:token.banner x",
    "mail.user robin",
    "smtp.password ''",
  ])("but %s is", async (change) => {
    expect(await refused(files, `dev ${change}`)).not.toContain("SECRET_IN_CLEAR");
  });
});

describe("what is shown of a file", () => {
  it("hides the secrets that stand in it in clear, line for line", async () => {
    const text = `{
  mail: { user: "shop", password: "hunter2", 'apiKey': 'x"y', tokens: ["a", { b: "c" }] }, // mail
  "@region:eu": { db: { password: "\\
hunter3" } },
  pin: 1234,
  ref: { password: { $secret: "x" } }, also: { password: "\${mail.password}" },
  banner: "x",
}
`;
    const files = { ...beside(text), "define/schema.json5": "{ properties: { pin: { secret: true } } }" };
    const { shown, before } = await plan(files, "dev banner sale");
    expect(before).toBe(text);
    expect(shown.before).toBe(`{
  mail: { user: "shop", password: [hidden], 'apiKey': [hidden], tokens: [[hidden], { b: [hidden] }] }, // mail
  "@region:eu": { db: { password: [hidden]
[hidden] } },
  pin: [hidden],
  ref: { password: { $secret: "x" } }, also: { password: "\${mail.password}" },
  banner: "x",
}
`);
    expect(shown.after).toBe(shown.before.replace('banner: "x"', 'banner: "sale"'));
  });

  it("hides them in YAML", async () => {
    const text = [
      "db: {password: hunter2, user: &x shop}",
      "privateKey: |",
      "  -----BEGIN",
      "",
      "  abc",
      "  -----END",
      "password: *x",
      "passwordHint: plain",
      "passwd: >-",
      "  folded",
      "  text",
      "banner: x",
      "",
    ].join("\n");
    const { shown } = await plan(beside(text, "define/dev.yaml"), "dev banner sale");
    expect(shown.before.split("\n")).toEqual([
      "db: {password: [hidden], user: &x shop}",
      "privateKey: [hidden]",
      "  [hidden]",
      "",
      "  [hidden]",
      "  [hidden]",
      "password: [hidden]",
      "passwordHint: plain",
      "passwd: [hidden]",
      "  [hidden]",
      "  [hidden]",
      "banner: x",
      "",
    ]);
    expect(shown.after).toBe(shown.before.replace("banner: x", "banner: sale"));
  });

  it("hides them in other layers of the same file, and where one goes", async () => {
    const own = {
      "config/facsimile.json5":
        "{ projects: { shop: { repo: '.' } }, instances: { beta: { pin: 1, '@host:x': { pin: 2 } }, dev: {} } }",
    };
    const { shown } = await plan(own, "dev a 1");
    expect(shown.after).toContain("pin: 1");
    const named = {
      "config/facsimile.json5": own["config/facsimile.json5"].replaceAll(/pin: (\d)/g, "password: 'p$1'"),
    };
    expect((await plan(named, "dev a 1")).shown.after).toContain(
      "password: [hidden], '@host:x': { password: [hidden] }",
    );
    const gone = await plan(beside("{ password: 'hunter2', b: 1 }"), "dev password");
    expect(gone.shown).toEqual({ before: "{ password: [hidden], b: 1 }", after: "{ b: 1 }" });
  });
});
