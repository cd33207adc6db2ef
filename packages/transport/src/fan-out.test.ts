import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { fanOut } from "./fan-out.ts";

it("tells how every item ended, in order, and one failure stops none", async () => {
  const error = new Error("no");
  const outcomes = await fanOut([3, 2, 1], {
    work: async (n) => {
      await sleep(n * 5);
      if (n === 2) throw error;
      return n * 10;
    },
  });
  expect(outcomes).toEqual([
    { item: 3, status: "done", value: 30 },
    { item: 2, status: "failed", error },
    { item: 1, status: "done", value: 10 },
  ]);
});

it("does no more than `limit` at a time", async () => {
  let [now, most] = [0, 0];
  const work = async () => {
    most = Math.max(most, ++now);
    await sleep(5);
    now--;
  };
  await fanOut([1, 2, 3, 4, 5], { limit: 2, work });
  expect(most).toBe(2);
});

it("begins nothing after the abort, and says so", async () => {
  const stop = new AbortController();
  const outcomes = await fanOut([1, 2, 3], { limit: 1, signal: stop.signal, work: async () => stop.abort() });
  expect(outcomes.map(({ status }) => status)).toEqual(["done", "skipped", "skipped"]);
});
