import { EventEmitter, once } from "node:events";
import fs from "node:fs/promises";
import path from "node:path";
import { isFacsimileError, sha256 } from "@facsimile/core";
import { expect, it } from "vitest";
import { folderStore } from "../src/store/store.ts";
import { watched } from "./watched.ts";
import { folder } from "./world.ts";

/** A gate in front of the n-th call of a file system: `reached` when somebody stands there, `open` lets him through. */
function gateBefore(n: number) {
  const events = new EventEmitter();
  const [reached, opened] = [once(events, "reached"), once(events, "opened")];
  let calls = 0;
  const onCall = async () => {
    calls += 1;
    if (calls !== n) return;
    events.emit("reached");
    await opened;
  };
  return { fs: watched(onCall), reached, open: () => events.emit("opened"), passed: () => calls < n };
}

/** What became of a write: `done`, or the code of its error. */
function outcome(write: Promise<void>): Promise<string> {
  return write.then(
    () => "done",
    (error: unknown) => {
      if (!isFacsimileError(error)) throw error;
      return error.code;
    },
  );
}

/** As if its holder had not run for ten seconds. */
async function age(file: string): Promise<void> {
  await fs.utimes(`${file}.lock`, 0, 0).catch(() => {});
}

/** Two writers of one version: one stops before its n-th call, for so long that the other takes its lock; then in turn. */
async function duel(file: string, first: number, second: number) {
  await fs.writeFile(file, "old");
  const [a, b] = [gateBefore(first), gateBefore(second)];
  const write = (gate: typeof a, text: string) =>
    outcome(
      folderStore(path.dirname(file), gate.fs).write("dev", { bytes: Buffer.from(text), ifVersion: sha256("old") }),
    );
  const one = write(a, "one");
  await Promise.race([a.reached, one]);
  await age(file);
  const two = write(b, "two");
  await Promise.race([b.reached, two]);
  await age(file);
  a.open();
  await one;
  b.open();
  const outcomes = { one: await one, two: await two };
  return { outcomes, text: await fs.readFile(file, "utf8"), ended: a.passed(), secondEnded: b.passed() };
}

it("lets one of two writers win at most, wherever the first is stopped and the second lets it go on", async () => {
  const dir = await folder();
  const file = path.join(dir, "dev.json");
  const seen = new Set<string>();
  for (let first = 1, ended = false; !ended; first++) {
    for (let second = 1, secondEnded = false; !secondEnded; second++) {
      const result = await duel(file, first, second);
      ({ ended, secondEnded } = result);
      const winners = Object.entries(result.outcomes).filter(([, code]) => code === "done");
      const at = `stopped before call ${first}, the other before call ${second}: ${JSON.stringify(result)}`;
      expect(winners.length, at).toBeLessThanOrEqual(1);
      expect(result.text, at).toBe(winners[0]?.[0] ?? "old");
      expect(await fs.readdir(dir), at).toEqual(["dev.json"]);
      for (const code of Object.values(result.outcomes)) seen.add(code);
    }
  }
  expect([...seen].sort()).toEqual(["STATE_CHANGED", "STATE_LOCKED", "done"]);
});
