export interface Scan {
  /** How many `key: value` pairs the text writes, duplicates included. */
  readonly members: number;
  /** Where the nesting first exceeds the limit. */
  readonly tooDeep: number | undefined;
  /** Where the innermost map or list opens that is never closed. */
  readonly unclosed: number | undefined;
}

/**
 * One pass over JSON or JSON5 text without reading it: every member has exactly one colon outside strings and comments,
 * and every level one bracket. Says of well-formed text what a parser that keeps the last of two equal keys cannot.
 */
export function scanJson5(text: string, maxDepth: number): Scan {
  const open: number[] = [];
  let members = 0;
  for (let at = 0; at < text.length; at++) {
    switch (text[at]) {
      case '"':
      case "'":
        at = endOfString(text, at);
        break;
      case "/":
        at = endOfComment(text, at);
        break;
      case ":":
        members++;
        break;
      case "}":
      case "]":
        open.pop();
        break;
      case "{":
      case "[":
        if (open.push(at) > maxDepth) return { members, tooDeep: at, unclosed: undefined };
    }
  }
  return { members, tooDeep: undefined, unclosed: open.at(-1) };
}

/** The offset of the quote that ends the string, or past the end of the text. */
export function endOfString(text: string, start: number): number {
  const quote = text[start];
  let at = start + 1;
  while (at < text.length && text[at] !== quote) at += text[at] === "\\" ? 2 : 1;
  return at;
}

/** The offset of the last character of the comment; `start` where none begins there. */
export function endOfComment(text: string, start: number): number {
  if (text[start + 1] === "*") {
    const end = text.indexOf("*/", start + 2);
    return end < 0 ? text.length : end + 1;
  }
  if (text[start + 1] !== "/") return start;
  let at = start + 2;
  // ECMA-404 has no comments; JSON5 §7 ends a line at these four.
  while (at < text.length && !"\n\r\u2028\u2029".includes(text[at] ?? "")) at++;
  return at;
}

/**
 * The same text with U+2028 and U+2029 in strings written as escapes, which mean the same: the json5 package prints a
 * warning on the console where it meets them as they are.
 */
export function escapeSeparators(text: string): string {
  if (!/[\u2028\u2029]/.test(text)) return text;
  let result = "";
  let done = 0;
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (char === "/") at = endOfComment(text, at);
    if (char !== '"' && char !== "'") continue;
    const end = endOfString(text, at);
    result += text.slice(done, at) + text.slice(at, end).replace(/\\.|[\u2028\u2029]/gs, escapeSeparator);
    done = end;
    at = end;
  }
  return result + text.slice(done);
}

function escapeSeparator(match: string): string {
  if (match.startsWith("\\")) return match;
  return match === "\u2028" ? "\\u2028" : "\\u2029";
}
