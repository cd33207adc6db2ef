import { expect, it } from "vitest";
import { leash } from "./abort.ts";

it("follows the outer signal, with its reason", () => {
  const outer = new AbortController();
  const { signal } = leash(outer.signal);
  outer.abort(new Error("enough"));
  expect(signal.reason).toEqual(new Error("enough"));
  expect(leash(outer.signal).signal.aborted).toBe(true);
  expect(leash(undefined).signal.aborted).toBe(false);
});

it("stops following when let go", () => {
  const outer = new AbortController();
  const { signal, letGo } = leash(outer.signal);
  letGo();
  outer.abort();
  expect(signal.aborted).toBe(false);
});
