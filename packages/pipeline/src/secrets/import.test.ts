import { describe, expect, it } from "vitest";
import { parseImport } from "./import.ts";

const read = (file: string, text: string) =>
  Object.fromEntries(parseImport({ file, text }).secrets.map((secret) => [secret.name, secret.reveal()]));

describe("parseImport", () => {
  it("reads dotenv as shells and libraries write it", () => {
    const text = `# a comment

export DB_ROOT=plain value # a comment
HASH=a#b
SINGLE='it is $HOME \\n # here' # comment
DOUBLE="say \\"hi\\"\\n\\$x \\\\"
MANY="-----BEGIN
x
-----END
"
db.key-1 = spaced
URL=postgres://u:p@h/db?x=1\r
LAST="end"`;
    expect(read(".env", text)).toEqual({
      DB_ROOT: "plain value",
      HASH: "a#b",
      SINGLE: "it is $HOME \\n # here",
      DOUBLE: 'say "hi"\n$x \\',
      MANY: "-----BEGIN\nx\n-----END\n",
      "db.key-1": "spaced",
      URL: "postgres://u:p@h/db?x=1",
      LAST: "end",
    });
  });

  it.each([
    [".env", "OK=1\nhunter2\n", "x.env:2: not a line of a dotenv file"],
    [".env", "OK=1\nPW='hunter2\n", "x.env:2: not a line of a dotenv file"],
    [".env", "PW='hunter2' hunter2\n", "x.env:1: not a line of a dotenv file"],
    [".env", "PW=\n", "x.env:1: PW has no value"],
    [".env", "PW=hunter2\nPW=hunter2", "x.env:2: PW stands twice"],
    [".json", '{"pw": "hunter2}', "x.json:1:17: not YAML or JSON (MISSING_CHAR)"],
  ])("refuses a %s file %j with its line and no value", (kind, text, message) => {
    let told = "";
    try {
      read(`x${kind}`, text);
    } catch (error) {
      told = (error as Error).message;
    }
    expect(told).toContain(message);
    expect(told).not.toContain("hunter2");
  });

  it("joins nested maps of JSON and YAML, and takes scalars as they are written", () => {
    expect(read("x.json", '{"db": {"root": "r", "pin": 0071}, "passwd/shop": "p"}')).toEqual({
      "db/root": "r",
      "db/pin": "0071",
      "passwd/shop": "p",
    });
    expect(read("x.yml", "db:\n  root: |\n    a\n    b\n")).toEqual({ "db/root": "a\nb\n" });
  });

  it("reads the state of the Python tool: passwords, numbers of daemons, folders", () => {
    const daemon = { uiid: 4, logical_name: "QUEUE", instance_name: "queued.0" };
    const state = {
      passwd: { shop: "11111111-2222-3333-4444-555555555555", queue: "q-secret" },
      instances: { inmap: { "queued.0": daemon }, uiidmap: { "4": daemon } },
      directories: { data_dir: "/srv/data" },
    };
    const { secrets, uiids, settings } = parseImport({ file: "old/state.json", text: JSON.stringify(state) });
    expect(secrets.map(({ name }) => name)).toEqual(["passwd/shop", "passwd/queue"]);
    expect([...uiids]).toEqual([["queued.0", 4]]);
    expect([...settings]).toEqual([["data_dir", "/srv/data"]]);
    expect(parseImport({ file: "state.json", text: '{"passwd": {}, "instances": {"inmap": {}}}' }).secrets).toEqual([]);
  });

  it("asks for the format where a name does not tell, and refuses what is no name", () => {
    expect(() => read("-", "A=b")).toThrow("what is on stdin?");
    expect(() => read("x.json", '{"a\\u0007": "hunter2"}')).toThrow('"a\\u0007" is not a name of a secret');
  });
});
