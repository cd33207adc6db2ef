import fs from "node:fs/promises";
import path from "node:path";
import { isFacsimileError } from "@facsimile/core";
import { say, secretIn, session, set } from "./session.ts";

// Sets a value of more and more bytes, then of fewer again, and reports as JSON what came of each and what is there now.
const [root = "", configDir = "", step = "", steps = ""] = process.argv.slice(2);
// The lock's own handler would end the process; with another one, it is write(2) that tells of the limit: EFBIG.
process.on("SIGXFSZ", () => {});
const { open, write } = await session(root, configDir);
const up = Array.from({ length: Number(steps) }, (_, n) => (n + 1) * Number(step));
for (const size of [...up, ...up.toReversed().map((size) => size - 1)]) {
  const before = await open();
  const failure = await write(before, [set("big", "x".repeat(size))]).then(() => undefined, failureOf); // biome-ignore format: one line
  const after = await open();
  const isNew = after.serial === before.serial + 1 && secretIn(after, "big")?.length === size;
  const isOld = after.digest === before.digest;
  const content = isNew ? "new" : isOld ? "old" : "neither";
  say(JSON.stringify({ size, failure, content, names: await fs.readdir(path.join(root, "state")) }));
}

function failureOf(error: unknown): string {
  if (!isFacsimileError(error)) throw error;
  return `${error.code}: ${error.message}`;
}
