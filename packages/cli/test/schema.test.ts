import { execFile } from "node:child_process";
import fs from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { tree } from "@facsimile/testing";
import { describe, expect, it, onTestFinished } from "vitest";

const FACS = fileURLToPath(new URL("../bin/facs.mjs", import.meta.url));
const PUBLISHED = fileURLToPath(new URL("../../definitions/schema.json", import.meta.url));

function schema(cwd: string, ...args: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const env = { ...process.env, NO_COLOR: "1", FACS_ROOT: undefined };
  return new Promise((resolve) => {
    execFile(process.execPath, [FACS, "schema", ...args], { cwd, env }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
  });
}

const world = (files: Readonly<Record<string, string>>) => tree(files, { onFinished: onTestFinished });
const DEFINE = { "define/facsimile.json5": "{ projects: { shop: {} } }" };

describe("facs schema", () => {
  it("prints what Facsimile publishes, in a conglomerate without a schema and outside of any", async () => {
    const published = JSON.parse(await fs.readFile(PUBLISHED, "utf8"));
    for (const files of [DEFINE, { "nothing.txt": "" }]) {
      const { code, stdout, stderr } = await schema(await world(files));
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      expect(JSON.parse(stdout)).toEqual(published);
    }
    const asked = await schema("/", "--root", await world({}));
    expect(asked).toMatchObject({ code: 64, stdout: "", stderr: expect.stringContaining("NO_CONGLOMERATE") });
  });

  it("adds the keys that the conglomerate's own schema describes", async () => {
    const own = '{ properties: { currency: { enum: ["EUR", "USD"], description: "What prices are in." } } }';
    const { stdout } = await schema(await world({ ...DEFINE, "define/schema.json5": own }));
    expect(stdout).toContain("What prices are in.");
  });

  it("says all that is wrong with that schema", async () => {
    const wrong = '{\n  properties: { a: { type: "text" }, b: { tpye: "string" } },\n}';
    const { code, stdout, stderr } = await schema(await world({ ...DEFINE, "define/schema.json5": wrong }));
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain("define/schema.json5:2:");
    expect(stderr).toContain("2 problems.");
  });
});
