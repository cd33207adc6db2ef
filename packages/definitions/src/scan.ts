export interface Scan {
  /** How many `key: value` pairs the text writes, duplicates included. */
  readonly members: number;
  /** Where the nesting first exceeds the limit. */
  readonly tooDeep: number | undefined;
}

/**
 * One pass over JSON or JSON5 text without reading it: every member has exactly one colon outside strings and comments,
 * and every level one bracket. Says of well-formed text what a parser that keeps the last of two equal keys cannot.
 */
export function scanJson5(text: string, maxDepth: number): Scan {
  let members = 0;
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (char === '"' || char === "'") at = endOfString(text, at);
    else if (char === "/") at = endOfComment(text, at);
    else if (char === ":") members++;
    else if (char === "}" || char === "]") depth--;
    else if ((char === "{" || char === "[") && ++depth > maxDepth) return { members, tooDeep: at };
  }
  return { members, tooDeep: undefined };
}

function endOfString(text: string, start: number): number {
  const quote = text[start];
  let at = start + 1;
  while (at < text.length && text[at] !== quote) at += text[at] === "\\" ? 2 : 1;
  return at;
}

function endOfComment(text: string, start: number): number {
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
