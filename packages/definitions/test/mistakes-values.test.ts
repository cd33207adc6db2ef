import { describe, expect, it } from "vitest";
import { said } from "./said.ts";

// What somebody reads who makes a slip, word by word: is it plain what to change, and where?

describe("a circle or a way to nowhere", () => {
  it("of extends", async () => {
    expect(await said({ staging: "{\n  extends: ['bse'],\n}", base: "{}" })).toEqual([
      'EXTENDS_UNKNOWN define/staging.json5:2:13: extends "bse": there is no such layer',
      "  Did you mean base?",
    ]);
    const circle = {
      staging: "{\n  extends: ['a'],\n}",
      a: "{\n  x: 1,\n  extends: 'b',\n}",
      b: "{ extends: ['staging'] }",
    };
    expect(await said(circle)).toEqual([
      "EXTENDS_CYCLE define/b.json5:1:13: layers extend each other: define/staging.json5:2:13 → define/a.json5:3:12 → define/b.json5:1:13 → define/staging.json5",
      "  Take one of these extends out.",
    ]);
  });

  it("of ${…}", async () => {
    expect(await said({ staging: "{\n  a: '${b}',\n  b: 'x ${c}',\n  c: '${a}',\n}" })).toEqual([
      "INTERPOLATION_CYCLE define/staging.json5:2:6: values refer to each other: a → b → c → a",
      "  Give one of them a value of its own.",
    ]);
    expect(await said({ staging: "{\n  path: '${hom}/x',\n}" })).toEqual([
      "INTERPOLATION define/staging.json5:2:9: there is no value hom",
      "  Did you mean home?",
    ]);
    expect(await said({ staging: "{\n  path: 'in ${regions}',\n}" })).toEqual([
      "INTERPOLATION define/staging.json5:2:9: ${regions} is a map, which cannot stand inside a text",
    ]);
  });
});

describe("--set", () => {
  it.each([
    ["home", ['BAD_SET --set home: there is no "="', "  Write --set path=value."]],
    [
      "deploy..user=x",
      [
        'BAD_PATH "deploy..user" is not a path of keys (column 8)',
        '  Join keys by dots; put a key that holds a dot in quotes: hosts."db1.eu".port',
      ],
    ],
    ["deploy.usr=x", ["UNKNOWN_KEY --set deploy.usr: there is no key deploy.usr", "  Did you mean user?"]],
    [
      "deploy.keep=many",
      ['INVALID_VALUE --set deploy.keep: deploy.keep is "many"; expected a whole number of releases, 1 to 1000'],
    ],
  ])("%s", async (set, expected) => {
    expect(await said({ staging: "{}" }, { set: [set] })).toEqual(expected);
  });
});

it("--set takes no key and no number that no file may hold, at any depth", async () => {
  expect(await said({ staging: "{ x: {} }" }, { set: ["x={__proto__: {y: 1}}"] })).not.toEqual([]);
  expect(await said({ staging: "{}" }, { set: ["x=1e999"] })).not.toEqual([]);
});

describe("a value of another kind", () => {
  it.each([
    [
      "{\n  deploy: { nodes: ['web1.eu'] },\n}",
      ["INVALID_VALUE define/staging.json5:2:20: deploy.nodes is a list; expected a map of targets to lists of hosts"],
    ],
    [
      "{\n  deploy: { nodes: { frontend: 'web1.eu' } },\n}",
      [
        "INVALID_VALUE define/staging.json5:2:32: deploy.nodes.frontend is a string; expected a list of hosts",
        '  Write ["web1.eu"].',
      ],
    ],
    [
      "{\n  deploy: { nodes: { frontend: ['web1 eu'] } },\n}",
      ['INVALID_VALUE define/staging.json5:2:33: deploy.nodes.frontend.0 is "web1 eu"; expected a name of a host'],
    ],
    [
      "{\n  versions: { storefront: 1.10 },\n}",
      [
        'INVALID_VALUE define/staging.json5:2:27: versions.storefront is the number 1.1; expected a version, as text: "1.1.0"',
      ],
    ],
    [
      "{\n  deploy: { policy: 'roling' },\n}",
      ['INVALID_VALUE define/staging.json5:2:21: deploy.policy is "roling"; expected "together" or "rolling"'],
    ],
    [
      "{\n  home: '/',\n}",
      [
        'INVALID_VALUE define/staging.json5:2:9: home is "/"; expected a folder of A-Za-z0-9._/@+-, without . or .. parts, relative or at least two levels below /',
      ],
    ],
    [
      "{\n  admins: { bob: true },\n}",
      [
        "KIND_CONFLICT define/staging.json5:2:11: admins is a map here, but a list at define/facsimile.json5:8:11",
        "  Write {$replace: …} where the change of kind is meant.",
      ],
    ],
    [
      "['web1.eu']",
      [
        "NOT_A_MAP define/staging.json5:1:1: holds a list; expected a map of keys and values",
        "  Write { key: value }.",
      ],
    ],
  ])("%j", async (staging, expected) => {
    expect(await said({ staging })).toEqual(expected);
  });
});

describe("a file that cannot be read", () => {
  it.each([
    [
      "staging",
      "{\n  home: 'shop'\n  admins: [],\n}",
      [
        "FILE_SYNTAX define/staging.json5:3:3: cannot be read: invalid character 'a'",
        "  Is a comma missing before it?",
      ],
    ],
    [
      "staging",
      "{\n  hosts: { db1.eu: {} },\n}",
      [
        "FILE_SYNTAX define/staging.json5:2:15: cannot be read: invalid character '.'",
        '  Put the key in quotes: "db1.eu".',
      ],
    ],
    [
      "staging",
      "{\n  versions: { storefront: 1.2.3 },\n}",
      [
        "FILE_SYNTAX define/staging.json5:2:30: cannot be read: invalid character '.'",
        '  Put the text in quotes: "1.2.3".',
      ],
    ],
    [
      "staging",
      "{\n  deploy: {\n    user: 'shop',\n}\n",
      [
        "FILE_SYNTAX define/staging.json5:5:1: cannot be read: invalid end of input",
        "  The { of line 1, column 1, is not closed.",
      ],
    ],
    [
      "staging",
      "{\n  home: 'a',\n  home: 'b',\n}",
      ['DUPLICATE_KEY define/staging.json5:3:3: the key "home" is written twice in one map', "  Keep one of the two."],
    ],
    [
      "staging.json",
      '{\n  "home": "shop", // here\n}',
      [
        "FILE_SYNTAX define/staging.json:2:19: a comment is JSON5, not JSON",
        "  Rename the file to .json5, or write it as JSON.",
      ],
    ],
    [
      "staging.yaml",
      "home: shop\ndeploy:\n\tuser: shop\n",
      [
        "FILE_SYNTAX define/staging.yaml:3:1: cannot be read: Tabs are not allowed as indentation",
        "  Indent with spaces.",
      ],
    ],
    [
      "staging.yaml",
      "home: {{environ.HOME}}\n",
      [
        "FILE_SYNTAX define/staging.yaml:1:8: a key is a map, a list or an alias; expected a text",
        '  A text that begins with one of {[*&!%@`|>#- or holds ": " stands in quotes.',
      ],
    ],
    [
      "staging.yaml",
      "mutable: *.cache\n",
      [
        "FILE_SYNTAX define/staging.yaml:1:10: there is no anchor for the alias *.cache",
        '  Write &.cache before it; or put the text in quotes: "*.cache".',
      ],
    ],
  ])("%s: %j", async (name, text, expected) => {
    expect(await said({ [name]: text })).toEqual(expected);
  });
});
