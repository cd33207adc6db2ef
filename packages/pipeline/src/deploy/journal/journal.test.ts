import fs from "node:fs/promises";
import path from "node:path";
import { expect, it } from "vitest";
import { folder } from "../../../test/world.ts";
import { openJournal, runId } from "./journal.ts";

const now = () => new Date("2026-11-22T09:31:02Z");

it("names a run by its start, so that names sort by time", () => {
  expect(runId(now())).toMatch(/^20261122-0931-[0-9a-f]{4}$/);
});

it("gives no two runs one name, however many begin within a minute", async () => {
  const work = await folder();
  const names = new Set<string>();
  for (let n = 0; n < 1500; n++) {
    const journal = await openJournal({ work, instance: "staging", now, onFailure: expect.unreachable });
    names.add(journal.run);
    await journal.close();
  }
  expect(names.size).toBe(1500);
});

it("keeps every line, in order, in a file that only its owner reads", async () => {
  const work = await folder();
  const journal = await openJournal({ work, instance: "staging", now, onFailure: expect.unreachable });
  for (let n = 0; n < 50; n++) journal.note({ event: "tick", n });
  await journal.close();
  const file = path.join(work, "RELEASE/staging/runs", `${journal.run}.jsonl`);
  const lines = (await fs.readFile(file, "utf8")).trim().split("\n").map((line) => JSON.parse(line)); // biome-ignore format: one line
  expect(lines[0]).toEqual({
    at: "2026-11-22T09:31:02.000Z",
    facsimile: "run/1",
    run: journal.run,
    instance: "staging",
  });
  expect(lines.slice(1).map(({ n }) => n)).toEqual([...Array(50).keys()]);
  expect((await fs.stat(file)).mode & 0o777).toBe(0o600);
});
