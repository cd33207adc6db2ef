import { parseInstance } from "@facsimile/core";
import { findConglomerate, resolve } from "@facsimile/definitions";
import { expect, it } from "vitest";
import { excludeFile } from "../src/sources/exclude-file.ts";
import { folder, write } from "./world.ts";

const FILE = "config/facsimile/exclude.rsync";
const HOSTS = `deploy: { nodes: { web: ["web1"] } EXCLUDE }`;

/** What is said of a source with this file, for an instance that says this. */
async function said(text: string | undefined, { exclude = "", where = HOSTS } = {}) {
  const [root, source] = [await folder(), await folder()];
  await write(root, {
    "define/facsimile.json5": `{ projects: { p: { repo: "../p", targets: ["web"] } }, home: "shop", versions: { p: "1" } }`,
    "define/beta.json5": `{ ${where.replace("EXCLUDE", exclude)} }`,
  });
  if (text !== undefined) await write(source, { [FILE]: text });
  const definition = await resolve(await findConglomerate(root), { instance: parseInstance("beta"), env: {}, source });
  return (await excludeFile({ source: { dir: source }, definition })).map(({ code, hint }) => `${code} ${hint}`);
}

it("is not passed over: the patterns are shown as a definition has them", async () => {
  expect(await said("# logs\n*.log\r\n\n; more\n- /secret\n")).toEqual([
    'EXCLUDE_FILE Write them into the definition, as far as they are meant: deploy: { exclude: { rsync: ["*.log", "/secret"] } }',
  ]);
});

it("says nothing where there is no file, where the definition has patterns, if only none, and on this machine", async () => {
  expect(await said(undefined)).toEqual([]);
  for (const list of ['["*.log"]', "[]"]) expect(await said("*.log\n", { exclude: `, exclude: { rsync: ${list} }` })).toEqual([]); // biome-ignore format: one line
  // The Python tool did not read it there.
  expect(await said("*.log\n", { where: "" })).toEqual([]);
});
