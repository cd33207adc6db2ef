import { execFileSync, spawnSync } from "node:child_process";
import fs from "node:fs/promises";
import { readTree, tree } from "@facsimile/testing";
import { expect, it, onTestFinished } from "vitest";
import { type Member, tarOf } from "./tar.ts";

const long = `${"d".repeat(90)}/${"ü".repeat(100)}`;
const file = (path: string, text: string, mode = 0o644): Member => {
  const bytes = Buffer.from(text);
  return { path, type: "file", mode, size: bytes.length, content: { bytes } };
};
// BusyBox's tar gives that bit to nobody but root.
const FULL = process.getuid?.() === 0 ? 0o4711 : 0o711;
const members: Member[] = [
  { path: "d", type: "dir", mode: 0o750 },
  file("d/-dash\nnew line", "1"),
  file("d/empty", ""),
  file("full", "x".repeat(512), FULL),
  { path: "d".repeat(90), type: "dir", mode: 0o755 },
  file(long, "deep"),
  { path: "link", type: "link", target: long },
  { path: "back", type: "link", target: "-n a\nb" },
];

async function unpacked(tar: readonly string[], bytes: Uint8Array): Promise<Record<string, string>> {
  const root = await tree({}, { onFinished: onTestFinished });
  execFileSync(tar[0] ?? "", [...tar.slice(1), "-xpmof", "-", "-C", root], { input: bytes });
  return await readTree(root);
}

async function bytesOf(list: readonly Member[]): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const chunk of tarOf(list).chunks()) parts.push(chunk);
  return Buffer.concat(parts);
}

it.each([[["tar"]], [["busybox", "tar"]]])(
  "is read by %j: long and odd names, modes, links, empty files",
  async (tar) => {
    const bytes = await bytesOf(members);
    expect(bytes.length).toBe(tarOf(members).size);
    expect(await unpacked(tar, bytes)).toEqual({
      d: "dir 750",
      "d/-dash\nnew line": "file 644 1",
      "d/empty": "file 644 ",
      full: `file ${FULL.toString(8)} ${"x".repeat(512)}`,
      ["d".repeat(90)]: "dir 755",
      [long]: "file 644 deep",
      link: `link ${long}`,
      back: "link -n a\nb",
    });
  },
);

it("has the length it says, whatever became of the files", async () => {
  const root = await tree({ short: "1", grown: "12345" }, { onFinished: onTestFinished });
  const at = (name: string, size: number): Member => ({ path: name, type: "file", mode: 0o644, size, content: { file: `${root}/${name}` } }); // biome-ignore format: one line
  const bytes = await bytesOf([at("short", 600), at("grown", 3)]);
  expect(bytes.length).toBe(4096);
  expect(await unpacked(["tar"], bytes)).toMatchObject({ grown: "file 644 123" });
  await fs.rm(`${root}/short`);
  await expect(bytesOf([at("short", 600)])).rejects.toMatchObject({ code: "ENOENT" });
});

it("is read once, up to 64 MiB, and pads large ones to whole blocks of the agent", async () => {
  const root = await tree({ big: "x".repeat(2 ** 20) }, { onFinished: onTestFinished });
  const source = tarOf([{ path: "big", type: "file", mode: 0o644, size: 2 ** 20, content: { file: `${root}/big` } }]);
  expect(source.size % 65_536).toBe(0);
  const read = async () => {
    const parts: Uint8Array[] = [];
    for await (const chunk of source.chunks()) parts.push(chunk);
    return parts;
  };
  const [first] = await read();
  await fs.rm(`${root}/big`);
  expect((await read())[0]).toBe(first);
});

it("says sizes of 8 GiB and more", async () => {
  const size = 8 ** 11 + 5;
  const huge = tarOf([{ path: "huge", type: "file", mode: 0o644, size, content: { file: "/nowhere" } }]);
  for await (const head of huge.chunks()) {
    // Its body is missing, which tar says after it has read the head.
    const { stdout } = spawnSync("tar", ["-tvf", "-"], { input: head });
    expect(stdout.toString()).toContain(`${size}`);
    break;
  }
});
