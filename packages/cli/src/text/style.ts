/** Colour and signs for one output; both fall back to nothing and to ASCII. */
export interface Style {
  readonly red: (text: string) => string;
  readonly green: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly bold: (text: string) => string;
  readonly ok: string;
  readonly bad: string;
  readonly arrow: string;
  /** Points at what stands to its left. */
  readonly here: string;
  readonly bar: string;
  readonly minus: string;
  /** Of a bar: what is done, and what is not. */
  readonly full: string;
  readonly empty: string;
}

export interface StyleOptions {
  readonly colour: boolean;
  readonly unicode: boolean;
}

export async function createStyle({ colour, unicode }: StyleOptions): Promise<Style> {
  const { red, green, yellow, dim, bold } = colour ? await colours() : PLAIN;
  const signs = unicode
    ? { ok: "✓", bad: "✗", arrow: "→", here: "←", bar: "│", minus: "−", full: "█", empty: "░" }
    : { ok: "ok", bad: "x", arrow: "->", here: "<-", bar: "|", minus: "-", full: "#", empty: "." };
  return { red, green, yellow, dim, bold, ...signs };
}

// Loaded only where there is colour: most programs that read our output want none.
async function colours() {
  const { default: picocolors } = await import("picocolors");
  return picocolors.createColors(true);
}

const same = (text: string) => text;
const PLAIN = { red: same, green: same, yellow: same, dim: same, bold: same };

/** `1 host`, `6 hosts`. */
export function count(n: number, noun: string): string {
  return `${n} ${n === 1 ? noun : `${noun}s`}`;
}

/** `412 B`, `18.2 kB`, `3.4 MB`: powers of 1000. */
export function bytes(n: number): string {
  if (n < 1000) return `${n} B`;
  const power = Math.min(4, Math.floor(Math.log10(n) / 3));
  return `${(n / 1000 ** power).toFixed(1)} ${["B", "kB", "MB", "GB", "TB"][power]}`;
}

/** Lines of cells padded into columns; the last cell is not padded. */
export function columns(
  rows: readonly (readonly string[])[],
  { indent = 2, gap = 2 }: { indent?: number; gap?: number } = {},
): string[] {
  const widths: number[] = [];
  for (const row of rows) for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, cell.length);
  const pad = (cell: string, i: number, row: readonly string[]) =>
    i === row.length - 1 ? cell : cell.padEnd((widths[i] ?? 0) + gap);
  return rows.map((row) => `${" ".repeat(indent)}${row.map((cell, i) => pad(cell, i, row)).join("")}`.trimEnd());
}
