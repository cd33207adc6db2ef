import { expect, it } from "vitest";
import { isSecretSet, secretsInSet } from "../src/layers/secret-set.ts";

it.each([
  ["db.password=hunter2", true],
  ["db.password=12345", true],
  ['db={host: "a", password: "hunter2"}', true],
  ['"@region:eu".apiKey=abc', true],
  ["shop.license=abc", true],
  ['"', true],
  ['db.password={$secret: "db/root"}', false],
  ["banner=summer sale", false],
  ['db={host: "a"}', false],
  ["hosts.token.port=22", false],
])("whether --set %s is a secret: %s", (text, isSecret) => {
  expect(isSecretSet(text, { secrets: [["shop", "license"]] })).toBe(isSecret);
});

it.each([
  ["db.password=hunter2", ["hunter2"]],
  ["db.password='hunter 2'", ["'hunter 2'", "hunter 2"]],
  ["db.password=0123", ["0123"]],
  ["db.password=1.50", ["1.50", "1.5"]],
  ['db={host: "a.example", password: "hunter2", users: [{token: "abcd"}, {name: "x"}]}', ["hunter2", "abcd"]],
  ["db={passwords: [\"one1\", 2222], apiKey: {$secret: 'db/root'}}", ["one1", "2222"]],
  ['tokens={a: "aaaa", b: "b\\"bb"}', ['{a: "aaaa", b: "b\\"bb"}', "aaaa", 'b"bb']],
  ['shop={license: "abc", port: 80}', ["abc"]],
  ['"', ['"']],
  ["db.password={$secret: 'db/root'}", []],
  ["banner=summer sale", []],
])("which secrets --set %s gives: %j", (text, secrets) => {
  expect(secretsInSet(text, { secrets: [["shop", "license"]] })).toEqual(secrets);
});
