import { expect, it } from "vitest";
import { isSecretSet } from "../src/layers/set.ts";

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
