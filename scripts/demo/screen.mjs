// What the demo itself says: headings, the commands that it types, and remarks as a shell's comments.
import { styleText } from "node:util";

/** Colour is for terminals, and for those who want it (https://no-color.org). */
export const isColoured = process.stdout.isTTY === true && !process.env.NO_COLOR;

const paint = (style, text) => (isColoured ? styleText(style, text, { validateStream: false }) : text);

let steps = 0;

export function heading(text) {
  steps += 1;
  console.log(`\n${paint("bold", `${steps}. ${text}`)}\n`);
}

export function prompt(line) {
  console.log(`${paint("green", "$")} ${paint("bold", line)}`);
}

export function remark(text) {
  console.log(paint("dim", text.replace(/^/gm, "# ")));
}

/** Rows of strings, the first of them titles. */
export function table(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const lines = rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column])).join("  "));
  for (const line of lines) console.log(`  ${line.trimEnd()}`);
}

export function gap() {
  console.log();
}
