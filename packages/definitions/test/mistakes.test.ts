import { describe, expect, it } from "vitest";
import { said } from "./said.ts";

// What somebody reads who makes a slip, word by word: is it plain what to change, and where?

describe("a slip in a name", () => {
  it("of a key", async () => {
    expect(await said({ staging: "{\n  deploy: { usr: 'shop' },\n}" })).toEqual([
      "UNKNOWN_KEY define/staging.json5:2:13: there is no key deploy.usr",
      "  Did you mean user?",
    ]);
    expect(await said({ staging: "{\n  hosts: { 'web1.eu': { regoin: 'eu' } },\n}" })).toEqual([
      'UNKNOWN_KEY define/staging.json5:2:25: there is no key hosts."web1.eu".regoin',
      "  Did you mean region?",
    ]);
    expect(await said({ "staging.yaml": "deploy:\n  colour: red\n" })).toEqual([
      "UNKNOWN_KEY define/staging.yaml:2:3: there is no key deploy.colour",
      "  Known here: user, nodes, strategy, policy, waves, maxUnreachable, maxFailures, parallel, precmd, postcmd, health, shared, mutable, protect, libcheck_ignorelist, keep, destdir, exclude.",
    ]);
    expect(await said({ staging: "{\n  deploi: { user: 'shop' },\n}" })).toEqual([
      "define/staging.json5:2:3: warning SIMILAR_KEY: the key deploi is close to the well-known deploy",
      "  Did you mean deploy? If the key is your own, keep it.",
    ]);
  });

  it("of an instance", async () => {
    const files = { staging: "{}", production: "{}", dev: "{}", "dev.dev0.json5": "{}" };
    expect(await said(files, { instance: "stagign" })).toEqual([
      "UNKNOWN_INSTANCE there is no instance stagign: no file defines it",
      "  Did you mean staging?",
    ]);
    expect(await said(files, { instance: "dev.dev1" })).toEqual([
      "UNKNOWN_INSTANCE there is no instance dev.dev1: no file defines it",
      "  Did you mean dev.dev0?",
    ]);
    expect(await said(files, { instance: "qa" })).toEqual([
      "UNKNOWN_INSTANCE there is no instance qa: no file defines it",
      "  Instances are dev, dev.dev0, production, staging.",
    ]);
  });

  it("of a project", async () => {
    expect(await said({ staging: "{}" }, { project: "storefrnt" })).toEqual([
      "UNKNOWN_PROJECT there is no project storefrnt",
      "  Did you mean storefront?",
    ]);
    expect(await said({ staging: "{\n  versions: { storfront: '1.0.0' },\n}" })).toEqual([
      'UNKNOWN_PROJECT define/staging.json5:2:15: versions.storfront names "storfront", but there is no such project',
      "  Expected one of: storefront, ledger. Did you mean storefront?",
    ]);
  });

  it("of a host", async () => {
    const nodes = "nodes: { frontend: ['web1.eu'] }";
    expect(await said({ staging: `{ deploy: { ${nodes},\n  waves: [{ hosts: ['web1.ue'] }] } }` })).toEqual([
      'UNKNOWN_HOST define/staging.json5:2:21: deploy.waves.0.hosts.0 names "web1.ue", but there is no such host',
      "  Expected one of: web1.eu. Did you mean web1.eu?",
    ]);
    expect(await said({ staging: `{ deploy: { ${nodes} },\n  '@host:web1.ue': { x: 1 } }` })).toEqual([
      "define/staging.json5:2:3: warning VIEW_UNUSED: no host is called web1.ue, so this view is never used",
      '  Did you mean "@host:web1.eu"?',
    ]);
  });

  it("of a target", async () => {
    expect(
      await said({ staging: "{\n  deploy: {\n    nodes: {\n      frontnd: ['web1.eu'],\n    },\n  },\n}" }),
    ).toEqual([
      'UNKNOWN_TARGET define/staging.json5:4:7: no project has a target "frontnd"',
      "  Expected one of: frontend, database. Did you mean frontend?",
    ]);
  });

  it("of a region", async () => {
    expect(await said({ staging: "{\n  hosts: { 'web1.eu': { region: 'ue' } },\n}" })).toEqual([
      'UNKNOWN_REGION define/staging.json5:2:33: hosts."web1.eu".region names "ue", but there is no such region',
      "  Expected one of: eu, us. Did you mean eu?",
    ]);
  });

  it("of a view", async () => {
    expect(await said({ staging: "{\n  '@regio:eu': { x: 1 },\n}" })).toEqual([
      'BAD_VIEW define/staging.json5:2:3: "@regio:eu" is not a view',
      '  Did you mean "@region:eu"?',
    ]);
    expect(await said({ staging: "{\n  '@eu': { x: 1 },\n}" })).toEqual([
      'BAD_VIEW define/staging.json5:2:3: "@eu" is not a view',
      '  Views are "@region:eu", "@target:x", "@host:x", "@system:linux".',
    ]);
  });

  it("of a module", async () => {
    const files = { modules: "[{ name: 'worker' }]", staging: "{\n  service: { workr: { x: 1 } },\n}" };
    expect(await said(files, { project: null })).toEqual([
      "UNKNOWN_MODULE define/staging.json5:2:14: service.workr is for a module that does not exist",
      "  Did you mean worker?",
    ]);
  });
});

describe("a directive", () => {
  it("that is none", async () => {
    expect(await said({ staging: "{\n  admins: { $apend: ['bob'] },\n}" })).toEqual([
      "BAD_DIRECTIVE define/staging.json5:2:11: there is no directive $apend",
      "  Did you mean $append?",
    ]);
  });

  it("with something else than it takes", async () => {
    expect(await said({ staging: "{\n  admins: { $append: 'bob' },\n}" })).toEqual([
      "BAD_DIRECTIVE define/staging.json5:2:11: $append takes a list: {$append: […]}",
      '  Write {$append: ["bob"]}.',
    ]);
    expect(await said({ staging: "{\n  home: { $append: ['x'] },\n}" })).toEqual([
      "BAD_DIRECTIVE define/staging.json5:2:9: $append works on a list, but what it inherits is a string",
    ]);
    expect(await said({ staging: "{\n  admins: { $append: ['bob'], x: 1 },\n}" })).toEqual([
      "BAD_DIRECTIVE define/staging.json5:2:11: $append stands alone in its map, but here is also x",
    ]);
  });

  it("that hits nothing", async () => {
    expect(await said({ staging: "{\n  admins: { $remove: ['bob'] },\n}" })).toEqual([
      "define/staging.json5:2:11: warning DIRECTIVE_IDLE: $remove at admins finds nothing to work on",
    ]);
  });
});
