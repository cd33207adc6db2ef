import type { HistoryEntry } from "@facsimile/transport";
import { expect, it } from "vitest";
import { confirmedOrder, type HostHistory, releaseBefore, releasesNamed } from "./order.ts";

/** `A B C <B D`: releases as a host confirmed them, `<` for a rollback; `at` is the place in the text of all hosts. */
function history(text: string, times?: readonly number[]): HistoryEntry[] {
  return text.split(" ").filter((word) => word !== "").map((word, index) => {
    const release = word.replace("<", "");
    const at = `2026-01-01T00:00:${String(times?.[index] ?? index).padStart(2, "0")}Z`;
    return { release, dir: release, version: "1", run: `r${index}`, by: "Ann", at, action: word.startsWith("<") ? "rollback" : "deploy" }; // biome-ignore format: one line
  }); // biome-ignore format: one line
}

function host(text: string, { runs, times }: { runs?: string; times?: number[] } = {}): HostHistory {
  const entries = history(text, times);
  const release = runs ?? entries.at(-1)?.release ?? "";
  return { history: entries, current: { dir: release, tree: release, release } };
}

const order = (text: string) => confirmedOrder(history(text)).map(({ release }) => release).join(" "); // biome-ignore format: one line
const before = (...hosts: HostHistory[]) => releaseBefore(hosts)?.release;

it("a rollback takes away what lay on top of its release, and what it names anew lies on top", () => {
  expect(order("A B C")).toBe("A B C");
  expect(order("A B B C C")).toBe("A B C");
  expect(order("A B C <B")).toBe("A B");
  expect(order("A B C <B D")).toBe("A B D");
  expect(order("A B C <A <C")).toBe("A C");
  expect(order("A B A")).toBe("A B A");
});

it("goes to the release before the one that runs, a second time further back, never to the one just left", () => {
  expect(before(host("A B C"))).toBe("B");
  expect(before(host("A B C <B"))).toBe("A");
  expect(before(host("A B C <B D"))).toBe("B");
  expect(before(host("A B C <B <A"))).toBeUndefined();
  expect(before(host("A B A"))).toBe("B");
});

it("what was switched to and never confirmed does not count", () => {
  expect(before(host("A B", { runs: "C" }))).toBe("B");
  // A rollback to B that was killed, on one host of two before it wrote it down.
  expect(before(host("A B C", { runs: "B" }), host("A B C", { runs: "B" }))).toBe("B");
  expect(before(host("A B C", { runs: "B" }), host("A B C <B"))).toBe("B");
  // A deploy of A that was killed, on one host of two before it came to it.
  expect(before(host("A B C", { runs: "A" }))).toBe("C");
  expect(before(host("A B C", { runs: "A" }), host("A B C"))).toBe("C");
  // A deploy that was killed on its way back to B.
  expect(before({ ...host("A B"), unsettled: true }, host("A B"))).toBe("B");
  expect(before({ ...host("A B C", { runs: "B" }), unsettled: true })).toBe("B");
});

it("takes the newest of what hosts run for the current one, and goes to the newest before it", () => {
  expect(before(host("A B"), host("A B C"))).toBe("B");
  expect(before(host("A B C <B"), host("A B C"))).toBe("B");
  expect(before(host("C", { times: [9] }), host("A B C", { times: [0, 1, 8] }))).toBe("B");
  expect(before(host("A C", { times: [0, 8] }), host("A B C", { times: [0, 1, 9] }))).toBe("B");
  expect(before({ history: [], current: undefined })).toBeUndefined();
});

it("finds what a word begins, each release once", () => {
  expect(releasesNamed("a1", [host("a1x a2 a1y"), host("a1x")]).map(({ release }) => release)).toEqual(["a1x", "a1y"]);
});
