import { readFileSync, writeFileSync } from "node:fs";

/** Replaces every `from` in a file by `to`. The example may have changed: a text that is not there is a bug of the demo. */
export function edit(file, { from, to }) {
  const before = readFileSync(file, "utf8");
  if (!before.includes(from)) throw new Error(`${file} does not hold: ${from}`);
  writeFileSync(file, before.replaceAll(from, to));
}
