import type { LibraryOffer } from "@facsimile/transport";
import { expect, it } from "vitest";
import { isOffered, isRunBy, librariesOf } from "./offered.ts";

const elf = (machine = 62, bits: 32 | 64 = 64) => ({ machine, bits, interpreter: undefined, needed: [], runpath: [] });
const offer = (more: Partial<LibraryOffer>): LibraryOffer => ({ system: "Linux", machine: "x86_64", cached: new Map(), listed: new Set(), inFolders: new Set(), paths: new Set(), ...more }); // biome-ignore format: one line
const withCache = (...kinds: string[]) => offer({ cached: new Map([["libz.so.1", kinds]]), listed: new Set(["libz.so.1"]) }); // biome-ignore format: one line

it.each([
  ["x86-64", elf(62), "libc6,x86-64", "libc6"],
  ["x86-64 with a kernel's version", elf(62), "libc6,x86-64, OS ABI: Linux 3.2.0", "libc6,x32"],
  ["i386", elf(3, 32), "libc6", "libc6,x86-64"],
  ["AArch64", elf(183), "libc6,AArch64", "libc6,hard-float"],
  ["ARM", elf(40, 32), "libc6,hard-float", "libc6,AArch64"],
  ["PowerPC", elf(21), "libc6,64bit", "libc6"],
])("takes a library of the cache only for its own kind: %s", (_, file, right, wrong) => {
  expect(isOffered("libz.so.1", { elf: file, offer: withCache(wrong) })).toBe(false);
  expect(isOffered("libz.so.1", { elf: file, offer: withCache(wrong, right) })).toBe(true);
});

it("takes any kind for a machine whose marks it does not know", () => {
  expect(isOffered("libz.so.1", { elf: elf(243), offer: withCache("libc6,double-float") })).toBe(true);
});

it("takes what folders hold where the cache does not know the name", () => {
  expect(isOffered("liba.so", { elf: elf(), offer: offer({ listed: new Set(["liba.so"]) }) })).toBe(true);
  expect(isOffered("libb.so", { elf: elf(), offer: offer({ inFolders: new Set(["libb.so"]) }) })).toBe(true);
  expect(isOffered("libc.so", { elf: elf(), offer: offer({}) })).toBe(false);
});

it("wants a path to be there, whatever has its name elsewhere", () => {
  const elsewhere = offer({ listed: new Set(["ld.so"]) });
  expect(isOffered("/lib/ld.so", { elf: elf(), offer: elsewhere })).toBe(false);
  expect(isOffered("/lib/ld.so", { elf: elf(), offer: offer({ paths: new Set(["/lib/ld.so"]) }) })).toBe(true);
});

it("asks for a loader and for absolute paths, not for what depends on where a program is started", () => {
  const needed = ["libz.so.1", "/opt/libx.so", "./liby.so"];
  expect(librariesOf({ ...elf(), needed, interpreter: "/lib/ld.so" })).toEqual(["libz.so.1", "/opt/libx.so", "/lib/ld.so"]); // biome-ignore format: one line
});

it("passes over files for processors that a host does not have, if it knows the host's", () => {
  expect(["x86_64", "aarch64", "i686", "armv7l", "sparc64"].map((machine) => isRunBy(machine, elf(62)))).toEqual([true, false, false, false, true]); // biome-ignore format: one line
  expect(isRunBy("x86_64", elf(3, 32))).toBe(true);
});
