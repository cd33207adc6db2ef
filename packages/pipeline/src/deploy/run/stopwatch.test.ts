import { expect, it } from "vitest";
import { stopwatch } from "./stopwatch.ts";

it("stands while somebody is asked, also where the question fails", async () => {
  let at = 1000;
  const pass = (ms: number) => {
    at += ms;
  };
  const watch = stopwatch(() => new Date(at));
  pass(5);
  const ask = watch.pausing(async (words: string) => {
    pass(60_000);
    if (words === "gone") throw new Error("the terminal went away");
    return words === "yes";
  });
  expect(await ask("yes")).toBe(true);
  pass(2);
  await expect(ask("gone")).rejects.toThrow("went away");
  expect(watch.ms()).toBe(7);
});
