/** Numbers of an ELF file, in its own word size and byte order. Past the end there are zeros. */
export interface View {
  readonly bits: 32 | 64;
  /** 16 bits. */
  half(at: number): number;
  /** 32 bits. */
  word(at: number): number;
  /** As wide as {@link bits}. What no number can hold exactly is then larger than any file. */
  address(at: number): number;
  /** Other bytes of the same file. */
  of(bytes: Uint8Array): View;
}

const MAGIC = [0x7f, 0x45, 0x4c, 0x46];

/** Of the first bytes of a file. @returns `undefined` where they are not those of an ELF file. */
export function viewOf(head: Uint8Array): View | undefined {
  const [bits, order] = [head[4], head[5]];
  if (MAGIC.some((byte, index) => head[index] !== byte)) return undefined;
  if ((bits !== 1 && bits !== 2) || (order !== 1 && order !== 2)) return undefined;
  return view(head, { bits: bits === 1 ? 32 : 64, little: order === 1 });
}

function view(bytes: Uint8Array, kind: { bits: 32 | 64; little: boolean }): View {
  const data = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { bits, little } = kind;
  const has = (at: number, length: number) => at + length <= bytes.length;
  const word = (at: number) => (has(at, 4) ? data.getUint32(at, little) : 0);
  const long = (at: number) => (has(at, 8) ? Number(data.getBigUint64(at, little)) : 0);
  return {
    bits,
    half: (at) => (has(at, 2) ? data.getUint16(at, little) : 0),
    word,
    address: bits === 64 ? long : word,
    of: (other) => view(other, kind),
  };
}
