import { createReadStream } from "node:fs";
import fs from "node:fs/promises";
import type { Source } from "./framing.ts";

/** What a tar is made of; parents come first. Paths are relative to where it is unpacked. */
export type Member =
  | { readonly path: string; readonly type: "dir"; readonly mode: number }
  | { readonly path: string; readonly type: "link"; readonly target: string }
  | {
      readonly path: string;
      readonly type: "file";
      readonly mode: number;
      readonly size: number;
      readonly content: { readonly file: string } | { readonly bytes: Uint8Array };
    };

/** Up to here a source is read once, and kept for the next host. */
const KEPT = 64 * 2 ** 20;
const BLOCK = 512;

/**
 * A tar in GNU's own form, which every tar on hosts reads: pax headers are unknown to BusyBox, and names may have any length.
 * A file that is not as long as its member says is cut or filled up with zeros: its hash tells. GNU tar manual, Basic Tar Format.
 */
export function tarOf(members: readonly Member[]): Source {
  const head = members.map(headOf);
  const bodies = members.reduce((sum, member) => sum + padded(sizeOf(member)), 0);
  const used = bodies + head.reduce((sum, { length }) => sum + length, 0) + 2 * BLOCK;
  const unit = used < 2 ** 20 ? 4096 : 65_536;
  const size = Math.ceil(used / unit) * unit;
  let kept: Promise<Uint8Array> | undefined;
  async function* write(): AsyncIterable<Uint8Array> {
    for (const [i, member] of members.entries()) {
      yield head[i] ?? Buffer.alloc(0);
      if (member.type === "file" && member.size > 0) yield* bodyOf(member);
    }
    yield Buffer.alloc(size - used + 2 * BLOCK);
  }
  async function* replay(): AsyncIterable<Uint8Array> {
    yield await (kept ??= joined(write()));
  }
  return { size, chunks: size <= KEPT ? replay : write };
}

function headOf(member: Member): Buffer {
  const { path, type } = member;
  const name = Buffer.from(type === "dir" ? `./${path}/` : `./${path}`);
  const target = Buffer.from(type === "link" ? member.target : "");
  const flag = { file: "0", link: "2", dir: "5" }[type];
  const mode = type === "link" ? 0o777 : member.mode;
  const plain = header({ name, target, flag, mode, size: sizeOf(member) });
  return Buffer.concat([...longer("L", name), ...longer("K", target), plain]);
}

/** What does not fit into a header goes before it, as the body of a member of its own. */
function longer(flag: "L" | "K", text: Buffer): Buffer[] {
  if (text.length <= 100) return [];
  const body = Buffer.alloc(padded(text.length + 1));
  text.copy(body);
  const name = Buffer.from("././@LongLink");
  return [header({ name, target: Buffer.alloc(0), flag, mode: 0, size: text.length + 1 }), body];
}

interface Head {
  readonly name: Buffer;
  readonly target: Buffer;
  readonly flag: string;
  readonly mode: number;
  readonly size: number;
}

function header({ name, target, flag, mode, size }: Head): Buffer {
  const block = Buffer.alloc(BLOCK);
  name.copy(block, 0, 0, 100);
  block.write(octal(mode, 8), 100);
  block.write(octal(0, 8) + octal(0, 8), 108);
  writeSize(block, size);
  block.write(octal(0, 12), 136);
  block.write(`        ${flag}`, 148);
  target.copy(block, 157, 0, 100);
  block.write("ustar  \0", 257);
  let sum = 0;
  for (const byte of block) sum += byte;
  block.write(`${octal(sum, 7)} `, 148);
  return block;
}

/** Eleven octal digits hold 8 GiB less one; more is written in base 256. */
function writeSize(block: Buffer, size: number): void {
  if (size < 8 ** 11) block.write(octal(size, 12), 124);
  else {
    block.writeUInt8(0x80, 124);
    block.writeBigUInt64BE(BigInt(size), 128);
  }
}

function octal(number: number, width: number): string {
  return `${number.toString(8).padStart(width - 1, "0")}\0`;
}

function sizeOf(member: Member): number {
  return member.type === "file" ? member.size : 0;
}

function padded(size: number): number {
  return Math.ceil(size / BLOCK) * BLOCK;
}

async function* bodyOf({ size, content }: Extract<Member, { type: "file" }>): AsyncIterable<Uint8Array> {
  let left = size;
  for await (const chunk of "bytes" in content ? [content.bytes] : readFile(content.file, size)) {
    const part = chunk.subarray(0, left);
    left -= part.length;
    yield part;
  }
  yield* zeros(left + padded(size) - size);
}

const WHOLE = 2 ** 20;

async function* readFile(file: string, size: number): AsyncIterable<Uint8Array> {
  if (size <= WHOLE) yield await fs.readFile(file);
  else yield* createReadStream(file, { highWaterMark: WHOLE });
}

function* zeros(count: number): Iterable<Uint8Array> {
  for (let left = count; left > 0; left -= WHOLE) yield Buffer.alloc(Math.min(left, WHOLE));
}

async function joined(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return Buffer.concat(parts);
}
