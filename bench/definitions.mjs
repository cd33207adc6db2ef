// Definitions resolved in one process: 2,000 files for 500 instances; and 20 projects × 50 instances beside python3 that
// reads the same files with its own json and merges them plainly (no checks, no views, no origins).
//   node bench/definitions.mjs [--rounds 5] [--kilobytes 4]
// `kilobytes` is the size of one file of the second; each side starts anew for each round and is timed after its imports.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { writeMany, writeMatrix } from "./definitions/repositories.mjs";

const number = (fallback) => ({ type: "string", default: String(fallback) });
const { values } = parseArgs({ options: { rounds: number(5), kilobytes: number(4) } });
const [rounds, kilobytes] = [Number(values.rounds), Number(values.kilobytes)];
const here = (file) => fileURLToPath(new URL(`./definitions/${file}`, import.meta.url));

const dir = mkdtempSync(join(tmpdir(), "facs-bench-"));
try {
  const [many, matrix] = [join(dir, "many"), join(dir, "matrix")];
  const written = writeMany(many);
  console.log(
    JSON.stringify({ bench: "definitions/many", ...written, ...summary(times(() => resolve(many, "many"))) }),
  );
  const files = writeMatrix(matrix, { kilobytes });
  const pairs = times((round) => {
    const sides = [() => resolve(matrix, "matrix"), () => merge(matrix)];
    const [first, second] = round % 2 === 0 ? sides : [...sides].reverse();
    const found = [first(), second()];
    const [facs, python] = round % 2 === 0 ? found : found.reverse();
    return { facs, python, ratio: python / facs };
  });
  const columns = Object.fromEntries(["facs", "python", "ratio"].map((key) => [key, pairs.map((pair) => pair[key])]));
  const shown = Object.fromEntries(Object.entries(columns).map(([key, all]) => [key, round(median(all))]));
  const [low, high] = [Math.min(...columns.ratio), Math.max(...columns.ratio)].map(round);
  console.log(JSON.stringify({ bench: "definitions/matrix", ...files, resolutions: 1000, ...shown, low, high }));
} finally {
  rmSync(dir, { recursive: true, force: true });
}

function times(work) {
  return Array.from({ length: rounds }, (_, index) => work(index));
}

function resolve(root, which) {
  return Number(execFileSync(process.execPath, [here("resolve.mjs"), root, which], { encoding: "utf8" }));
}

function merge(root) {
  return Number(execFileSync("python3", [here("merge.py"), root], { encoding: "utf8" }));
}

function summary(all) {
  return { ms: round(median(all)), low: round(Math.min(...all)), high: round(Math.max(...all)) };
}

function median(all) {
  const sorted = [...all].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

function round(number) {
  return Math.round(number * 100) / 100;
}
