import fs from "node:fs";
import path from "node:path";
import { type FacsimileError, formatPosition, type Position, problemsOf } from "@facsimile/core";
import { hiddenLines } from "./hidden-line.ts";
import type { Style } from "./style.ts";
import { harmlessLines } from "./value.ts";

/** How failures are told: where, which code, what, the lines around it, what next. */
export function problemsText(
  error: FacsimileError,
  { root, style }: { root: string | undefined; style: Style },
): string {
  const problems = problemsOf(error);
  const blocks = problems.map((problem) => problemText(problem, { root, style }));
  if (problems.length > 1)
    blocks.push(`${problems.length} problems.${error.hint === undefined ? "" : ` ${error.hint}`}`);
  return `${blocks.join("\n\n")}\n`;
}

function problemText(
  { code, message, hint, position }: FacsimileError,
  { root, style }: { root: string | undefined; style: Style },
): string {
  const title = `${style.red("error")} ${style.bold(code)}: ${harmlessLines(message)}`;
  return [
    position === undefined ? title : `${formatPosition(position)}: ${title}`,
    ...(position === undefined ? [] : excerpt(position, { root, style })),
    ...(hint === undefined
      ? []
      : harmlessLines(hint)
          .split("\n")
          .map((line) => `  ${line}`)),
  ].join("\n");
}

const AROUND = 2;

function excerpt(position: Position, { root, style }: { root: string | undefined; style: Style }): string[] {
  const lines = linesOf(path.resolve(root ?? ".", position.file));
  const first = Math.max(1, position.line - AROUND);
  const shown = hiddenLines(lines.slice(0, position.line)).slice(first - 1);
  const width = String(position.line).length;
  const numbered = shown.map((line, index) => {
    const number = first + index;
    return `${number === position.line ? style.red(" → ") : "   "}${String(number).padStart(width)} ${style.bar} ${line}`;
  });
  if (numbered.length === 0) return [];
  const caret = "^".repeat(Math.max(1, position.length ?? 1));
  return [...numbered, `   ${" ".repeat(width)} ${style.bar} ${" ".repeat(position.column - 1)}${style.red(caret)}`];
}

function linesOf(file: string): string[] {
  try {
    return fs.readFileSync(file, "utf8").split("\n");
  } catch {
    return []; // The file went away or is no text: the position alone still helps.
  }
}
