import { type View, viewOf } from "./view.ts";

/** What a program or library for ELF systems asks of the machine that runs it; elf(5). */
export interface Elf {
  /** `e_machine`: 62 is x86-64, 183 AArch64, 3 i386. */
  readonly machine: number;
  readonly bits: 32 | 64;
  /** The loader that it names, a path; `undefined` for libraries. */
  readonly interpreter: string | undefined;
  /** Libraries that it needs (`DT_NEEDED`), as they are named there. */
  readonly needed: readonly string[];
  /** Folders that it has searched (`DT_RUNPATH` and `DT_RPATH`), `$ORIGIN` and all. */
  readonly runpath: readonly string[];
}

/** Bytes of a file from an offset on, fewer where it ends. */
export type ReadAt = (offset: number, length: number) => Promise<Uint8Array>;

/** e_type: programs and libraries, not the objects and dumps that no loader reads. */
const [ET_EXEC, ET_DYN] = [2, 3];
const [PT_LOAD, PT_DYNAMIC, PT_INTERP] = [1, 2, 3];
const [DT_NULL, DT_NEEDED, DT_STRTAB, DT_RPATH, DT_RUNPATH] = [0, 1, 5, 15, 29];

/** Beyond these a file is taken for broken. What is real stays far below: 20 headers, 60 entries. */
const [MAX_HEADERS, MAX_ENTRIES, MAX_NAMES] = [256, 4096, 1024];
/** Bytes. NAME_MAX and PATH_MAX of Linux, and a generous search path. */
const [MAX_NAME, MAX_PATH, MAX_RUNPATH] = [255, 4096, 16_384];

/**
 * Reads what an ELF file needs, in pieces of bounded size, whatever it holds.
 *
 * @returns `undefined` for what is no ELF program or library, or is broken: no loader would take it either.
 */
export async function readElf(read: ReadAt): Promise<Elf | undefined> {
  const view = viewOf(await read(0, 64));
  if (view === undefined || ![ET_EXEC, ET_DYN].includes(view.half(16))) return undefined;
  const segments = await segmentsOf(view, read);
  if (segments === undefined) return undefined;
  const entries = await dynamicOf(segments, { view, read });
  const stringAt = stringsOf(entries, { segments, read });
  const values = (tags: readonly number[]) => entries.filter(({ tag }) => tags.includes(tag)).map(({ value }) => value);
  const needed = await Promise.all(
    values([DT_NEEDED])
      .slice(0, MAX_NAMES)
      .map((at) => stringAt(at, MAX_NAME)),
  );
  const paths = await Promise.all(
    values([DT_RPATH, DT_RUNPATH])
      .slice(0, 2)
      .map((at) => stringAt(at, MAX_RUNPATH)),
  );
  const interpreter = segments.find(({ type }) => type === PT_INTERP);
  return {
    machine: view.half(18),
    bits: view.bits,
    interpreter: interpreter && (await textAt(read, { at: interpreter.offset, max: MAX_PATH })),
    needed: needed.filter((name) => name !== undefined),
    runpath: paths.flatMap((path) => path?.split(":") ?? []).filter((path) => path !== ""),
  };
}

interface Segment {
  readonly type: number;
  readonly offset: number;
  readonly address: number;
  /** Bytes in the file. */
  readonly size: number;
}

async function segmentsOf(view: View, read: ReadAt): Promise<Segment[] | undefined> {
  const wide = view.bits === 64;
  const [size, count] = wide ? [view.half(54), view.half(56)] : [view.half(42), view.half(44)];
  if (size !== (wide ? 56 : 32) || count > MAX_HEADERS) return undefined;
  const bytes = await read(view.address(wide ? 32 : 28), size * count);
  const table = view.of(bytes);
  return Array.from({ length: Math.floor(bytes.length / size) }, (_, index) => {
    const at = index * size;
    const [offset, address, length] = wide ? [8, 16, 32] : [4, 8, 16];
    return {
      type: table.word(at),
      offset: table.address(at + offset),
      address: table.address(at + address),
      size: table.address(at + length),
    };
  });
}

interface Entry {
  readonly tag: number;
  readonly value: number;
}

async function dynamicOf(
  segments: readonly Segment[],
  { view, read }: { view: View; read: ReadAt },
): Promise<readonly Entry[]> {
  const dynamic = segments.find(({ type }) => type === PT_DYNAMIC);
  if (dynamic === undefined) return [];
  const step = view.bits / 8;
  const bytes = await read(dynamic.offset, Math.min(dynamic.size, MAX_ENTRIES * step * 2));
  const table = view.of(bytes);
  const entries = Array.from({ length: Math.floor(bytes.length / (step * 2)) }, (_, index) => {
    const at = index * step * 2;
    return { tag: table.address(at), value: table.address(at + step) };
  });
  const end = entries.findIndex(({ tag }) => tag === DT_NULL);
  return end < 0 ? [] : entries.slice(0, end);
}

/** Reads strings of the table that the entries name. */
function stringsOf(
  entries: readonly Entry[],
  { segments, read }: { segments: readonly Segment[]; read: ReadAt },
): (index: number, max: number) => Promise<string | undefined> {
  const table = entries.find(({ tag }) => tag === DT_STRTAB)?.value;
  // The table is named by its address in memory.
  const held = segments.find(
    ({ type, address, size }) => type === PT_LOAD && table !== undefined && table >= address && table < address + size,
  );
  if (held === undefined || table === undefined) return async () => undefined;
  const start = held.offset + table - held.address;
  return (index, max) => textAt(read, { at: start + index, max });
}

/** Printable text up to the NUL that must end it. */
async function textAt(read: ReadAt, { at, max }: { at: number; max: number }): Promise<string | undefined> {
  const bytes = await read(at, max + 1);
  const end = bytes.indexOf(0);
  const text = Buffer.from(bytes.subarray(0, Math.max(0, end))).toString("latin1");
  return /^[\x21-\x7e]+$/.test(text) ? text : undefined;
}
