import { execFile } from "node:child_process";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { tree } from "@facsimile/testing";
import { describe, expect, it, onTestFinished } from "vitest";

const REPOSITORY = fileURLToPath(new URL("../../..", import.meta.url));
const FACS = path.join(REPOSITORY, "packages/cli/bin/facs.mjs");

function lint(cwd: string, ...args: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const env = { ...process.env, NO_COLOR: "1", FACS_ROOT: undefined };
  return new Promise((resolve) => {
    execFile(process.execPath, [FACS, "lint", ...args], { cwd, env }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
  });
}

const world = (more: Readonly<Record<string, string>> = {}) =>
  tree(
    {
      "define/facsimile.json5": '{ projects: { shop: { repo: "x" } }, home: "shop", currency: "EUR" }',
      "define/dev.json5": '{ versions: { shop: "1" } }',
      "define/staging.json5": '{\n  versions: { shop: "1" },\n  currency: "EUR",\n  db: { password: "hunter2" },\n}',
      ...more,
    },
    { onFinished: onTestFinished },
  );

describe("facs lint", () => {
  it("finds nothing in the example", async () => {
    expect(await lint(path.join(REPOSITORY, "templates-repo-example"), "--exit-code")).toEqual({
      code: 0,
      stdout: "Nothing found in 4 instances of 2 projects.\n",
      stderr: "",
    });
  });

  it("tells warnings with their place and what to do; --exit-code makes them count", async () => {
    const root = await world();
    const told = await lint(root);
    expect(told).toEqual({
      code: 0,
      stdout: `define/staging.json5:3:3: warning VALUE_REDUNDANT: currency is what it inherits from define/facsimile.json5:1:62
  Take it out; or keep it where it is to stay when the inherited value changes.
define/staging.json5:4:19: warning SECRET_IN_CLEAR: db.password is called like a secret, and stands here for every reader
  Write {$secret: "db/password"}, and change the secret: git keeps what was here.

2 warnings in 2 instances of 1 project.
`,
      stderr: "",
    });
    expect(await lint(root, "--exit-code")).toEqual({ ...told, code: 2 });
    expect(await lint(path.join(root, "define"))).toEqual(told);
  });

  it("tells every problem of every instance with the lines around it, and fails", async () => {
    const root = await world({
      "define/dev.json5": '{\n  versions: { shop: "1" },\n  deploy: { keep: "many" },\n}',
      "define/broken.json5": "{\n  a: 1,\n  a: 2,\n}",
    });
    const { code, stdout } = await lint(root, "--exit-code");
    expect(code).toBe(1);
    expect(stdout).toContain(`define/broken.json5:3:3: error DUPLICATE_KEY: the key "a" is written twice in one map
   1 │ {
   2 │   a: 1,
 → 3 │   a: 2,
     │   ^
  Keep one of the two.

define/dev.json5:3:19: error INVALID_VALUE: deploy.keep is "many"; expected a whole number of releases, 1 to 1000
   1 │ {
   2 │   versions: { shop: "1" },
 → 3 │   deploy: { keep: "many" },
     │                   ^^^^^^
`);
    expect(stdout).toMatch(/\n2 problems, 2 warnings in 3 instances of 1 project\.\n$/);
  });

  it("gives one JSON document, without the secrets that it found", async () => {
    const root = await world({ "define/dev.json5": '{ versions: { shop: "1" }, deploy: { keep: 0 } }' });
    const { code, stdout } = await lint(root, "--json");
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      schema: "lint/1",
      instances: ["dev", "staging"],
      projects: ["shop"],
      problems: [{ code: "INVALID_VALUE", position: { file: "define/dev.json5", line: 1 }, instances: ["dev"] }],
      findings: [{ code: "VALUE_REDUNDANT" }, { code: "SECRET_IN_CLEAR" }],
      allowed: 0,
    });
    expect(stdout).not.toContain("hunter2");
  });
});
