import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { startRun } from "./run.ts";

const count =
  (to: number, fail = false) =>
  async (emit: (n: number) => void) => {
    for (let n = 1; n <= to; n++) {
      await sleep(1);
      emit(n);
    }
    if (fail) throw new Error("boom");
    return to;
  };

it("gives every event, then the result", async () => {
  const run = startRun(count(3));
  const seen: number[] = [];
  for await (const n of run.events) seen.push(n);
  expect(seen).toEqual([1, 2, 3]);
  expect(await run.result).toBe(3);
});

it("gives a slow watcher the events before a failure", async () => {
  const run = startRun(count(3, true));
  const failed = expect(run.result).rejects.toThrow("boom");
  await sleep(30);
  const seen: number[] = [];
  for await (const n of run.events) seen.push(n);
  expect(seen).toEqual([1, 2, 3]);
  await failed;
});

it("goes on when nobody watches, and when the watcher leaves", async () => {
  expect(await startRun(count(3)).result).toBe(3);
  const run = startRun(count(3));
  for await (const n of run.events) if (n === 1) break;
  expect(await run.result).toBe(3);
});
