import fs from "node:fs/promises";
import path from "node:path";
import type { Options } from "tsup";

/** How every package is built: one ESM entry, its types, nothing of others bundled in. */
export const preset: Options = {
  entry: ["src/index.ts"],
  format: "esm",
  target: "node20.19",
  platform: "node",
  dts: true,
  clean: true,
  splitting: true,
  sourcemap: true,
  treeshake: true,
};

/**
 * As {@link preset}, with some libraries inside: those are made of a hundred files each, and load several times faster as
 * one. What they are, and their licences, is written to `dist/LICENSES.txt`.
 */
export function bundling(...libraries: readonly string[]): Options {
  return {
    ...preset,
    noExternal: [...libraries],
    metafile: true,
    // Some of what they need is CommonJS, which asks for Node's own modules by require.
    banner: { js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);' }, // biome-ignore format: one line
    esbuildOptions: (options) => {
      options.minifyWhitespace = true;
      options.minifySyntax = true;
    },
    onSuccess: writeLicences,
  };
}

async function writeLicences(): Promise<void> {
  const meta = JSON.parse(await fs.readFile("dist/metafile-esm.json", "utf8")) as { inputs: Record<string, unknown> };
  await fs.writeFile("dist/LICENSES.txt", await licencesOf(Object.keys(meta.inputs)));
  await fs.rm("dist/metafile-esm.json");
}

/** The licences of the packages that files come from. */
export async function licencesOf(files: readonly string[]): Promise<string> {
  const found = files.map((file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0]);
  const folders = [...new Set(found.filter((folder) => folder !== undefined))].sort();
  return (await Promise.all(folders.map(licenceOf))).join("\n\n");
}

async function licenceOf(folder: string): Promise<string> {
  const { name, version } = JSON.parse(await fs.readFile(path.join(folder, "package.json"), "utf8"));
  const file = (await fs.readdir(folder)).find((each) => /^licen[cs]e/i.test(each));
  if (file === undefined) throw new Error(`${name} has no licence file`);
  return `${name} ${version}\n\n${await fs.readFile(path.join(folder, file), "utf8")}`;
}
