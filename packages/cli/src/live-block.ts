/** Lines at the end of a terminal that are drawn anew in place. */
export interface LiveBlock {
  /** Draws anew; `line` stays above. */
  readonly draw: (line?: string) => void;
  /** Takes the block away; what was above it stays. */
  readonly end: () => void;
}

export interface LiveBlockOptions {
  readonly tell: (text: string) => void;
  readonly lines: () => readonly string[];
  /** Of the terminal, in characters: a line that wraps would count as two. */
  readonly width: number;
}

export function liveBlock({ tell, lines, width }: LiveBlockOptions): LiveBlock {
  let drawn = 0;
  // ECMA-48: cursor up, then erase to the end of the screen; from the first column, for what is typed is echoed there.
  const erase = () => (drawn === 0 ? "" : `\r\u001b[${drawn}A\u001b[J`);
  const show = (line: string | undefined, block: readonly string[]) => {
    const above = line === undefined ? "" : `${line}\n`;
    tell(`${erase()}${above}${block.map((one) => `${[...one].slice(0, width - 1).join("")}\n`).join("")}`);
    drawn = block.length;
  };
  return { draw: (line) => show(line, lines()), end: () => show(undefined, []) };
}
