import { TypeGuards } from "liquidjs";
import type { TopLevel } from "./tokens.ts";

const { isHTMLToken, isTagToken } = TypeGuards;

/**
 * Takes away lines that hold only tags, with their indentation and newline. Only what the text tokens print is
 * changed, not the text, so that positions in errors stay true. Lines with output or text are left as they are.
 */
export function trimTagLines(tokens: readonly TopLevel[]): void {
  for (let index = 0; index < tokens.length; ) {
    if (!isSilentTag(tokens[index])) {
      index++;
      continue;
    }
    const end = endOfRun(tokens, index);
    const start = tokens[index - 1] !== undefined && isBlank(tokens[index - 1]) ? index - 1 : index;
    trimRun(tokens, { start, end });
    index = end;
  }
}

interface Run {
  /** The first token of the run. */
  readonly start: number;
  /** After its last. */
  readonly end: number;
}

// A run: tags with at most blanks between them, and comments with all that they hold.
function endOfRun(tokens: readonly TopLevel[], from: number): number {
  let end = from;
  while (isSilentTag(tokens[end]) || isBlank(tokens[end])) end = isComment(tokens[end]) ? endOfComment(tokens, end) : end + 1; // biome-ignore format: one line
  return end;
}

function endOfComment(tokens: readonly TopLevel[], from: number): number {
  let end = from;
  while (end < tokens.length && !isEndOfComment(tokens[end])) end++;
  return Math.min(end + 1, tokens.length);
}

function trimRun(tokens: readonly TopLevel[], { start, end }: Run): void {
  const [before, after] = [tokens[start - 1], tokens[end]];
  const [indent, rest] = [indentBefore(before), restAfter(after)];
  if (indent === undefined || rest === undefined) return;
  if (before !== undefined && isHTMLToken(before)) before.trimRight = Math.max(before.trimRight, indent);
  if (after !== undefined && isHTMLToken(after)) after.trimLeft = Math.max(after.trimLeft, rest);
  hideBlanks(tokens.slice(start, end));
}

function hideBlanks(run: readonly TopLevel[]): void {
  const spaced = run.some((token) => isTagToken(token) && SHOWING.has(token.name));
  for (const token of run) {
    if (isHTMLToken(token) && !(spaced && isBetween(token, run))) token.trimLeft = token.end - token.begin;
  }
}

function isBetween(token: TopLevel, run: readonly TopLevel[]): boolean {
  return token !== run[0] && token !== run.at(-1);
}

// Blanks since the line began; undefined when something else stands there.
function indentBefore(token: TopLevel | undefined): number | undefined {
  if (token === undefined) return 0;
  return isHTMLToken(token) ? /\n([ \t]*)$/.exec(token.getText())?.[1]?.length : undefined;
}

// Blanks and the newline that ends the line; undefined when something else stands there.
function restAfter(token: TopLevel | undefined): number | undefined {
  if (token === undefined) return 0;
  return isHTMLToken(token) ? /^[ \t]*\r?\n/.exec(token.getText())?.[0].length : undefined;
}

function isBlank(token: TopLevel | undefined): boolean {
  return token !== undefined && isHTMLToken(token) && /^[ \t]*$/.test(token.getText());
}

function isSilentTag(token: TopLevel | undefined): boolean {
  if (token === undefined || !isTagToken(token)) return false;
  if (token.name === "liquid") return !/^[ \t]*(?:echo|cycle|increment|decrement)\b/m.test(token.args);
  return !PRINTING.has(token.name);
}

function isComment(token: TopLevel | undefined): boolean {
  return token !== undefined && isTagToken(token) && token.name === "comment";
}

function isEndOfComment(token: TopLevel | undefined): boolean {
  return token !== undefined && isTagToken(token) && token.name === "endcomment";
}

// Their lines go, but what stands between two of them does not.
const SHOWING: ReadonlySet<string> = new Set(["block", "include", "raw", "render"]);

const PRINTING: ReadonlySet<string> = new Set(["echo", "cycle", "increment", "decrement"]);
