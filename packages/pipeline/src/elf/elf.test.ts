import { dice, type ElfOptions, effort, elf, SEED } from "@facsimile/testing";
import { describe, expect, it } from "vitest";
import { type ReadAt, readElf } from "./elf.ts";

const KINDS = ([32, 64] as const).flatMap((bits) => (["little", "big"] as const).map((order) => ({ bits, order })));
const FULL: ElfOptions = {
  machine: 40,
  needed: ["libz.so.1", "libc.so.6"],
  runpath: "$ORIGIN/../lib:/opt/lib",
  interpreter: "/lib/ld-linux.so.2",
};

/** Nothing that a file says may make it ask for more at once. */
const LIMIT = 128 * 1024;

function reading(bytes: Uint8Array): ReadAt {
  return async (offset, length) => {
    if (length > LIMIT || !(offset >= 0)) throw new Error(`asked for ${length} bytes at ${offset}`);
    return bytes.subarray(offset, offset + length);
  };
}

it.each(KINDS)("reads what a file of $bits bits, $order endian, needs", async (kind) => {
  expect(await readElf(reading(elf({ ...kind, ...FULL })))).toEqual({
    machine: 40,
    bits: kind.bits,
    interpreter: "/lib/ld-linux.so.2",
    needed: ["libz.so.1", "libc.so.6"],
    runpath: ["$ORIGIN/../lib", "/opt/lib"],
  });
});

it("tells a file that needs nothing from one that is no ELF program", async () => {
  expect(await readElf(reading(elf()))).toMatchObject({ interpreter: undefined, needed: [], runpath: [] });
  const object = elf();
  object[16] = 1;
  for (const bytes of [object, Buffer.from("#!/bin/sh\n"), Buffer.from("\x7fELF"), Buffer.alloc(0)])
    expect(await readElf(reading(bytes))).toBeUndefined();
});

it("leaves out names that no library can have", async () => {
  const needed = ["a b", "tab\t", "\u00fc", "x".repeat(256), "libz.so.1"];
  expect((await readElf(reading(elf({ needed }))))?.needed).toEqual(["libz.so.1"]);
});

describe.each(KINDS)("broken files of $bits bits, $order endian, end quickly and ask for little", (kind) => {
  const whole = elf({ ...kind, ...FULL });
  const read = async (bytes: Uint8Array) => {
    const found = await readElf(reading(bytes));
    for (const name of found?.needed ?? []) expect(name).toMatch(/^[\x21-\x7e]{1,255}$/);
  };

  it("truncated anywhere", async () => {
    for (let length = 0; length < whole.length; length++) await read(whole.subarray(0, length));
    expect((await readElf(reading(whole.subarray(0, -1))))?.interpreter).toBe("/lib/ld-linux.so.2");
  });

  it(`with other bytes in the headers (seed ${SEED})`, async () => {
    const roll = dice();
    for (let round = 0; round < effort({ short: 3000, long: 100_000 }); round++) {
      const bytes = Buffer.from(whole);
      for (let flips = 0; flips <= roll(8); flips++) bytes[6 + roll(bytes.length - 6)] = [0, 1, 0x7f, 0xff, roll(256)][roll(5)] ?? 0; // biome-ignore format: one line
      await read(bytes);
    }
  });

  it("that count as much as can be counted", async () => {
    for (let at = 16; at + 8 <= whole.length; at++) await read(Buffer.from(whole).fill(0xff, at, at + 8));
    await read(Buffer.concat([whole.subarray(0, 6), Buffer.alloc(1 << 20, 0xff)]));
  });
});

it("takes a dynamic section without an end, and more names than there can be, for broken", async () => {
  const needed = Array.from({ length: 5000 }, (_, index) => `lib${index}.so`);
  expect((await readElf(reading(elf({ needed }))))?.needed).toEqual([]);
  expect((await readElf(reading(elf({ needed: needed.slice(0, 900) }))))?.needed).toHaveLength(900);
});
