import path from "node:path";
import { isFacsimileError, type Position } from "@facsimile/core";
import { type Conglomerate, filesOf } from "../layers/conglomerate.ts";
import type { Warning } from "../types.ts";

export interface Allowed {
  /** What stops nothing and is hardly meant, by file and line. */
  readonly findings: readonly Warning[];
  /** How many more there are, which a comment accepts. */
  readonly allowed: number;
}

/** Leaves out what a comment `lint-allow CODE` accepts, in the line of the finding or the one above it. */
export function withoutAllowed(findings: readonly Warning[], conglomerate: Conglomerate): Allowed {
  const left = findings.filter(({ code, position }) => !codesAllowedAt(position, conglomerate).includes(code));
  return { findings: left, allowed: findings.length - left.length };
}

function codesAllowedAt(position: Position | undefined, conglomerate: Conglomerate): readonly string[] {
  if (position === undefined) return [];
  const lines = linesOf(position.file, conglomerate);
  const [above = "", own = ""] = [lines[position.line - 2], lines[position.line - 1]];
  // A comment behind something else is for that.
  return [...(/^\s*(?:\/\/|\/\*|#)/.test(above) ? codesIn(above) : []), ...codesIn(own)];
}

function codesIn(line: string): readonly string[] {
  const [, list = ""] = /(?:\/\/|\/\*|#).*?\blint-allow\b[ :]*([A-Z_, ]*)/.exec(line) ?? [];
  return list.split(/[, ]+/).filter((code) => code !== "");
}

function linesOf(file: string, conglomerate: Conglomerate): readonly string[] {
  try {
    return filesOf(conglomerate)
      .read(path.resolve(conglomerate.root, file))
      .text.split(/\r\n|\r|\n/);
  } catch (error) {
    // What cannot be read has no comments.
    if (isFacsimileError(error)) return [];
    throw error;
  }
}
