export interface ElfOptions {
  /** Default 64. */
  readonly bits?: 32 | 64;
  /** Default `little`. */
  readonly order?: "little" | "big";
  /** `e_machine`. Default: of the machine that this runs on, where it is x86-64 or AArch64; else x86-64. */
  readonly machine?: number;
  /** Libraries that it needs. */
  readonly needed?: readonly string[];
  /** Where it has them searched: `$ORIGIN/../lib`. */
  readonly runpath?: string;
  /** Its loader. Default: none, as libraries have it. */
  readonly interpreter?: string;
}

/** Where it would be in memory: nothing of a file is at the address that is its offset. */
const BASE = 0x40_0000;
const HERE = process.arch === "arm64" ? 183 : 62;

/** The bytes of an ELF file that says what it needs, and does nothing: no loader would get far with it. */
export function elf(options: ElfOptions = {}): Buffer {
  const { bits = 64, order = "little", machine = HERE, needed = [], runpath, interpreter } = options;
  const wide = bits === 64;
  const number = (size: number) => (value: number) => {
    const bytes = Buffer.alloc(size);
    if (order === "little") bytes.writeUIntLE(value, 0, Math.min(size, 6));
    else bytes.writeUIntBE(value, size - Math.min(size, 6), Math.min(size, 6));
    return bytes;
  };
  const [half, word, long] = [number(2), number(4), number(wide ? 8 : 4)];
  const [headerSize, entrySize] = wide ? [64, 56] : [52, 32];
  const texts = Buffer.from(`\0${[...needed, runpath ?? "", interpreter ?? ""].join("\0")}\0`);
  const at = (text: string) => texts.indexOf(`\0${text}\0`) + 1;
  const start = headerSize + 3 * entrySize;
  const dynamic = Buffer.concat(
    [
      ...needed.map((name) => [1, at(name)]),
      ...(runpath === undefined ? [] : [[29, at(runpath)]]),
      [5, BASE + start],
      [10, texts.length],
      [0, 0],
    ].flatMap((pair) => pair.map(long)),
  );
  const segment = (type: number, offset: number, size: number) =>
    Buffer.concat(
      wide
        ? [word(type), word(4), ...[offset, BASE + offset, BASE + offset, size, size, 8].map(long)]
        : [type, offset, BASE + offset, BASE + offset, size, size, 4, 4].map(word),
    );
  const total = start + texts.length + dynamic.length;
  return Buffer.concat([
    Buffer.from([0x7f, 0x45, 0x4c, 0x46, wide ? 2 : 1, order === "little" ? 1 : 2, 1, ...new Array(9).fill(0)]),
    ...[3, machine].map(half),
    word(1),
    ...[0, headerSize, 0].map(long),
    word(0),
    ...[headerSize, entrySize, 3, 0, 0, 0].map(half),
    segment(1, 0, total),
    segment(2, start + texts.length, dynamic.length),
    interpreter === undefined ? segment(0, 0, 0) : segment(3, start + at(interpreter), interpreter.length + 1),
    texts,
    dynamic,
  ]);
}
