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
