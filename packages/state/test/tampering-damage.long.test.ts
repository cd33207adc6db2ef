import { dice, effort, SEED } from "@facsimile/testing";
import { expect, it } from "vitest";
import { isRefused, sealedState, verdictOf } from "./verdict.ts";

const MINUTE = 60_000;
const FIRST = 4096;

type Sealed = Awaited<ReturnType<typeof sealedState>>;
interface Damage {
  readonly what: string;
  readonly bytes: Uint8Array | string;
}

it(
  "is found for every bit of the first 4 KiB, and for bits anywhere behind",
  async () => {
    const w = await sealedState();
    expect(w.bytes.length).toBeGreaterThan(2 * FIRST);
    // The short run takes one bit of every 20th byte, another one each time.
    const step = effort({ short: 163, long: 1 });
    const flips = function* () {
      for (let bit = 0; bit < FIRST * 8; bit += step) yield flipped(w, bit);
      const roll = dice();
      const others = effort({ short: 200, long: 10_000 });
      for (let n = 0; n < others; n++) yield flipped(w, FIRST * 8 + roll((w.bytes.length - FIRST) * 8));
    };
    const seen = await tryAll(w, flips());
    expect(seen.reduce((sum, [, count]) => sum + count, 0)).toBeGreaterThanOrEqual(
      effort({ short: 400, long: 42_768 }),
    );
  },
  10 * MINUTE,
);

it(
  "is found when lines are missing, doubled or in another order",
  async () => {
    const w = await sealedState();
    const lines = w.text.split("\n").slice(0, -1);
    const roll = dice();
    const changes = function* () {
      for (let n = 0; n < effort({ short: 200, long: 5000 }); n++) {
        const [at, to, size] = [roll(lines.length), roll(lines.length), 1 + roll(roll(2) === 0 ? 3 : 40)];
        const block = lines.slice(at, at + size);
        const without = lines.toSpliced(at, size);
        yield* changed(w, [
          { what: `lines ${at + 1} to ${at + size} missing`, lines: without },
          { what: `lines ${at + 1} to ${at + size} again at ${to + 1}`, lines: lines.toSpliced(to, 0, ...block) },
          { what: `lines ${at + 1} to ${at + size} moved to ${to + 1}`, lines: without.toSpliced(to, 0, ...block) },
        ]);
      }
    };
    await tryAll(w, changes());
  },
  10 * MINUTE,
);

it(
  "is found when the file is cut short, or longer than it was, at any byte",
  async () => {
    const w = await sealedState();
    const step = effort({ short: 97, long: 1 });
    const cuts = function* () {
      for (let end = 0; end < w.bytes.length; end += step) {
        yield { what: `cut at ${end}`, bytes: w.bytes.subarray(0, end) };
        // As file systems leave a file whose data was not flushed before its length.
        yield { what: `zeros from ${end}`, bytes: Buffer.concat([w.bytes.subarray(0, end), Buffer.alloc(1024)]) };
      }
      yield { what: "a line more", bytes: `${w.text}\n` };
      yield { what: "twice", bytes: w.text + w.text };
    };
    await tryAll(w, cuts());
  },
  10 * MINUTE,
);

/** Each is refused, with exit status 5. Returns how often which verdict was given. */
async function tryAll(w: Sealed, changes: Iterable<Damage>): Promise<[string, number][]> {
  expect(await verdictOf(w, w.bytes)).toBe("opened");
  const [verdicts, passed] = [new Map<string, number>(), [] as string[]];
  for (const { what, bytes } of changes) {
    const verdict = await verdictOf(w, bytes);
    verdicts.set(verdict, (verdicts.get(verdict) ?? 0) + 1);
    if (!isRefused(verdict)) passed.push(`${what}: ${verdict}`);
  }
  expect(passed, `seed ${SEED}`).toEqual([]);
  return [...verdicts];
}

function flipped({ bytes }: Sealed, bit: number): Damage {
  const damaged = Buffer.from(bytes);
  damaged[bit >> 3] = damaged.readUInt8(bit >> 3) ^ (1 << (bit & 7));
  return { what: `bit ${bit & 7} of byte ${bit >> 3}`, bytes: damaged };
}

/** Those that are changed indeed: a line like the one before it can be missing and doubled, and nothing is moved. */
function changed({ text }: Sealed, all: readonly { what: string; lines: readonly string[] }[]): Damage[] {
  return all.map(({ what, lines }) => ({ what, bytes: `${lines.join("\n")}\n` })).filter(({ bytes }) => bytes !== text);
}
