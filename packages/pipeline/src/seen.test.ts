import fs from "node:fs/promises";
import { tree } from "@facsimile/testing";
import { expect, it, onTestFinished } from "vitest";
import { lookAt, readSeen, writeSeen } from "./seen.ts";

/** Whole seconds: a time that can be put back exactly. */
const LONG_AGO = 1_000_000_000;

/** A folder that nobody touched for a while, as far as its times tell: what is new is never trusted. */
async function settled(): Promise<string> {
  const root = await tree(
    { "work/a": "1", "work/d/b": "22", "work/.git/HEAD": "x", "work/.git/objects/o": "o" },
    { onFinished: onTestFinished },
  );
  await fs.utimes(`${root}/work/d/b`, LONG_AGO, LONG_AGO);
  await new Promise((resolve) => setTimeout(resolve, 1100));
  return `${root}/work`;
}

it("knows a folder again, and every change of it, also one that keeps size and time", async () => {
  const folder = await settled();
  writeSeen(lookAt(folder), "test", { found: 1 });
  const seen = () => readSeen(lookAt(folder), "test");
  expect(seen()).toEqual({ found: 1 });
  await fs.writeFile(`${folder}/.git/objects/o`, "other");
  expect(seen()).toEqual({ found: 1 });

  await fs.writeFile(`${folder}/d/b`, "23");
  await fs.utimes(`${folder}/d/b`, LONG_AGO, LONG_AGO);
  expect(seen()).toBeUndefined();
  for (const change of [
    () => fs.chmod(`${folder}/a`, 0o600),
    () => fs.rename(`${folder}/a`, `${folder}/c`),
    () => fs.mkdir(`${folder}/new`),
    () => fs.writeFile(`${folder}/.git/HEAD`, "y"),
  ]) {
    const before = lookAt(folder)?.digest;
    await change();
    expect(lookAt(folder)?.digest).not.toBe(before);
  }
});

it("writes nothing down of what changed just now, and reads nothing that is damaged", async () => {
  const folder = await settled();
  await fs.writeFile(`${folder}/a`, "2");
  writeSeen(lookAt(folder), "test", "too soon");
  expect(readSeen(lookAt(folder), "test")).toBeUndefined();
  await fs.mkdir(`${folder}/../.seen`, { recursive: true });
  await fs.writeFile(`${folder}/../.seen/work.test.json`, "{");
  expect(readSeen(lookAt(folder), "test")).toBeUndefined();
  expect(lookAt(`${folder}/nowhere`)).toBeUndefined();
});
