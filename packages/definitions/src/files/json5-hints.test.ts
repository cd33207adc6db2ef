import { isFacsimileError } from "@facsimile/core";
import { expect, it } from "vitest";
import { parseSource } from "./source-file.ts";

function explained(text: string): string {
  try {
    parseSource({ file: "x.json5", text });
    return "read";
  } catch (error) {
    if (!isFacsimileError(error, "FILE_SYNTAX")) throw error;
    const { line, column } = error.position ?? {};
    return `${line}:${column} ${error.hint}`;
  }
}

it.each([
  ["a comma that is missing", "{\n  a: 1\n  b: 2,\n}", "3:3 Is a comma missing before it?"],
  ["one between items", '["a" "b"]', "1:6 Is a comma missing before it?"],
  ["one between maps", "[{} {}]", "1:5 Is a comma missing before it?"],
  ["a key with a dot", "{ db1.eu: 1 }", '1:6 Put the key in quotes: "db1.eu".'],
  ["a view", "{\n @host:db1.eu: {} }", '2:2 Put the key in quotes: "@host:db1.eu".'],
  ["a key with a dash", "{ a: 1, dev-0 : {} }", '1:12 Put the key in quotes: "dev-0".'],
  ["a key that begins with a digit", "{ 1st: 1 }", '1:3 Put the key in quotes: "1st".'],
  ["a name without quotes", "{ region: eu }", '1:11 Put the text in quotes: "eu".'],
  ["a version without quotes", "{ p: 1.2.3 }", '1:9 Put the text in quotes: "1.2.3".'],
  ["a path without quotes", "{ home: /srv/shop }", '1:10 Put the text in quotes: "/srv/shop".'],
  ["a list of names without quotes", "{ a: [web1, web2] }", '1:7 Put the text in quotes: "web1".'],
  ["a name that begins like a number", "{ a: ['x', nope] }", '1:13 Put the text in quotes: "nope".'],
  ["quotes of a word processor", "{ a: “x” }", "1:6 Quotes are \" or '."],
  ["an equals sign", "{ a = 1 }", "1:5 Between a key and its value stands a colon."],
  ["a comment as in YAML", "{ a: 1, # one\n}", "1:9 A comment begins with //."],
  ["a quote that is missing", "{ a: 'x,\n b: 1 }", "1:9 A text ends on its line: is its quote missing?"],
  ["a bracket that is missing", "{\n  a: [1,\n", "3:1 The [ of line 2, column 6, is not closed."],
  ["an emoji", "{ 😀: 1 }", "1:3 undefined"],
  ["nothing to guess", "{ a: 1 } }", "1:10 undefined"],
  ["an empty file", "", "1:1 undefined"],
])("%s", (_, text, expected) => {
  expect(explained(text)).toBe(expected);
});

it.each([
  ['{ "a": 1, // one\n }', "1:11 a comment"],
  ['{ "a": 1,\n }', "1:9 a comma before the end"],
  ["{ \"a\": 'x' }", "1:8 a text in single quotes"],
  ["{ a: 1 }", "1:3 a name without quotes"],
  ['{ "a": [1, .5] }', "1:12 a number of this form"],
  ['{ "a": 0x1F }', "1:8 a number of this form"],
  ['{ "a": +1 }', "1:8 a number of this form"],
  ['{ "a": Infinity }', "1:8 a name without quotes"],
  ['{ "a": "x\ty" }', "1:8 a text with such an escape or character"],
  ['{ "a": "\\x41" }', "1:8 a text with such an escape or character"],
  ['\u00a0{ "a": 1 }', "1:1 this"],
])("in a file of JSON, the first thing that is JSON5 is told: %j", (text, expected) => {
  let said = "";
  try {
    parseSource({ file: "x.json", text });
  } catch (error) {
    if (!isFacsimileError(error, "FILE_SYNTAX")) throw error;
    said = `${error.position?.line}:${error.position?.column} ${error.message}`;
  }
  expect(said).toBe(`${expected} is JSON5, not JSON`);
});
