import { expect, it } from "vitest";
import { parseHashes } from "./listing.ts";

const [one, two, three] = ["1", "2", "3"].map((digit) => digit.repeat(64));
const files = ["./a", "./b\nc", "./d\\e"].map((name) => Buffer.from(name));
const read = (text: string, names = files) => parseHashes(Buffer.from(text), names) ?? new Map<Buffer, string>([[Buffer.from("unreadable"), ""]]); // biome-ignore format: one line

it.each([
  ["GNU", `${one}  ./a\n\\${two}  ./b\\nc\n\\${three}  ./d\\\\e\n`],
  ["openssl", `${one} *./a\n\\${two} *./b\\nc\n${three} *./d\\e\n`],
  ["BusyBox", `${one}  ./a\n${two}  ./b\nc\n${three}  ./d\\e\n`],
])("reads sums as %s writes them, by the names that must come", (_, text) => {
  expect([...read(text).values()]).toEqual([one, two, three]);
});

it("skips a file that could not be read, and lets no name pass for a line", () => {
  expect([...read(`${one}  ./a\n${three}  ./d\\e\n`).entries()].map(([name, hash]) => `${name} ${hash}`)).toEqual([
    `./a ${one}`,
    `./d\\e ${three}`,
  ]);
  const forged = Buffer.from(`./x\n${three}  ./d`);
  expect([...read(`${one}  ./x\n${three}  ./d\n`, [forged]).values()]).toEqual([one]);
});

it("gives nothing when a line belongs to no file", () => {
  expect(parseHashes(Buffer.from(`${one}  ./other\n`), files)).toBeUndefined();
});
