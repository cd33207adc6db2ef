// Writes schema.json from the built package:  npm run build && node packages/definitions/scripts/write-schema.mjs
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { jsonSchema } from "../dist/index.js";

const [file, biome] = ["../schema.json", "../../../node_modules/.bin/biome"].map((path) =>
  fileURLToPath(new URL(path, import.meta.url)),
);
writeFileSync(file, `${JSON.stringify(await jsonSchema(), null, 2)}\n`);
execFileSync(biome, ["format", "--write", file], { stdio: "inherit" });
