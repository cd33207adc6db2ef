import { loadJson5 } from "./lazy.ts";
import type { Range } from "./lines.ts";
import { endOfComment, endOfString, escapeSeparators } from "./scan.ts";
import type { Member, RepeatedKey, TextNode } from "./text-tree.ts";

export interface Json5Tree {
  readonly root: TextNode;
  readonly repeated: readonly RepeatedKey[];
}

/**
 * Where everything is in a text that the json5 package has read without an objection: a reader that checks nothing takes
 * whatever that one takes, so the two cannot disagree.
 */
export function json5Tree(text: string): Json5Tree {
  const reader = new Reader(text);
  return { root: reader.value(), repeated: reader.repeated };
}

class Reader {
  readonly repeated: RepeatedKey[] = [];
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  value(): TextNode {
    this.#skip();
    const start = this.#at;
    if (this.#takes("{")) return this.#map(start);
    if (this.#takes("[")) return this.#list(start);
    return { range: this.#word() };
  }

  #map(start: number): TextNode {
    const members = new Map<string, Member>();
    while (!this.#ends("}")) {
      const keyRange = this.#word();
      const key = keyIn(this.#text.slice(...keyRange));
      if (members.has(key)) this.repeated.push({ key, range: keyRange });
      this.#skip();
      this.#at++; // the colon
      members.set(key, { keyRange, value: this.value() });
    }
    return { range: [start, this.#at], members };
  }

  #list(start: number): TextNode {
    const items: TextNode[] = [];
    while (!this.#ends("]")) items.push(this.value());
    return { range: [start, this.#at], items };
  }

  /** Whether the map or list ends here, past spaces and a comma. */
  #ends(close: string): boolean {
    this.#skip();
    if (this.#takes(",")) this.#skip();
    return this.#takes(close) || this.#at >= this.#text.length;
  }

  #takes(char: string): boolean {
    if (this.#text[this.#at] !== char) return false;
    this.#at++;
    return true;
  }

  /** A string, a number, a name. */
  #word(): Range {
    const start = this.#at;
    const quote = this.#text[start];
    if (quote === '"' || quote === "'") this.#at = endOfString(this.#text, start) + 1;
    else this.#at = this.#match(/[^\s,:{}[\]/]*/y);
    return [start, this.#at];
  }

  /** Spaces and comments. `\s` is exactly what JSON5 §8 takes for white space and ends of lines. */
  #skip(): void {
    for (;;) {
      this.#at = this.#match(/\s*/y);
      if (this.#text[this.#at] !== "/") return;
      this.#at = endOfComment(this.#text, this.#at) + 1;
    }
  }

  #match(pattern: RegExp): number {
    pattern.lastIndex = this.#at;
    return this.#at + (pattern.exec(this.#text)?.[0].length ?? 0);
  }
}

function keyIn(written: string): string {
  const quoted = written.startsWith('"') || written.startsWith("'");
  if (!written.includes("\\")) return quoted ? written.slice(1, -1) : written;
  if (quoted) return loadJson5().parse<string>(escapeSeparators(written));
  return written.replace(/\\u([0-9a-fA-F]{4})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
