// Joins src/*.mjs into dist/ledger.mjs, with the version on top.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";

const version = readFileSync("VERSION", "utf8").trim();
const parts = readdirSync("src")
  .sort()
  .map((name) => readFileSync(`src/${name}`, "utf8"));
mkdirSync("dist", { recursive: true });
writeFileSync("dist/ledger.mjs", [`const VERSION = ${JSON.stringify(version)};\n`, ...parts].join("\n"));
console.log(`ledger ${version}: ${parts.length} parts`);
