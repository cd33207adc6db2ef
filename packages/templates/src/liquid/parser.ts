import { FacsimileError } from "@facsimile/core";
import { type Liquid, LiquidError, Parser, type Template, type Token, Tokenizer, TypeGuards } from "liquidjs";
import type { Limits } from "../limits.ts";
import { LimitFault } from "../problems.ts";
import type { TagLines } from "../types.ts";
import { trimTagLines } from "./lines.ts";
import { filterFault, jinjaComments, syntaxFault } from "./syntax.ts";
import type { TopLevel } from "./tokens.ts";
import { positionAt } from "./where.ts";

export interface Parsed {
  readonly templates: Template[];
  /** Everything that is wrong with the text; then `templates` are of no use. */
  readonly problems: readonly FacsimileError[];
}

/** A Liquid that says which filters it was asked for in vain, while somebody listens. */
export interface WatchedLiquid extends Liquid {
  onUnknownFilter: ((name: string) => void) | undefined;
}

export interface ParseOptions {
  readonly liquid: WatchedLiquid;
  readonly file: string;
  readonly limits: Limits;
  readonly tagLines: TagLines;
}

/** Parses one file, whole, whatever is wrong with it. */
export function parseTemplate(text: string, options: ParseOptions): Parsed {
  const parser = new StrictParser(options);
  const { file } = options;
  try {
    return { templates: parser.parse(text, file), problems: parser.problems };
  } catch (error) {
    const deep = error instanceof RangeError ? new LimitFault("the text is too deep to be parsed") : error;
    return { templates: [], problems: [...parser.problems, syntaxProblem(deep, { input: text, begin: 0, file })] };
  }
}

type Place = Pick<Token, "input" | "begin" | "file">;

class StrictParser extends Parser {
  readonly problems: FacsimileError[] = [];
  readonly #liquid: WatchedLiquid;
  readonly #limits: Limits;
  readonly #tagLines: TagLines;
  readonly #found = new Map<string, number>();
  #depth = 0;

  constructor({ liquid, limits, tagLines }: ParseOptions) {
    super(liquid);
    this.#liquid = liquid;
    this.#limits = limits;
    this.#tagLines = tagLines;
  }

  override parse(text: string, file?: string): Template[] {
    if (text.length > this.#limits.characters) throw new LimitFault(`the template has more than ${this.#limits.characters} characters`); // biome-ignore format: one line
    const tokens = new Tokenizer(text, this.#liquid.options.operators, file).readTopLevelTokens(this.#liquid.options);
    if (file !== undefined) {
      this.problems.push(...jinjaComments(tokens));
      if (this.#tagLines === "remove") trimTagLines(tokens);
    }
    return this.parseTokens(tokens);
  }

  // One mistake must not hide the next: what cannot be parsed is noted and passed over, a block with all that it holds.
  override parseToken(token: TopLevel, rest: TopLevel[]): ReturnType<Parser["parseToken"]> {
    if (++this.#depth > this.#limits.depth) throw new LimitFault(`more than ${this.#limits.depth} blocks within one another`); // biome-ignore format: one line
    const { onUnknownFilter } = this.#liquid;
    this.#liquid.onUnknownFilter = (name) => this.#noteFilter(name, token);
    try {
      return super.parseToken(token, rest);
    } catch (error) {
      // The text of a name, `include "{{ x }}"`, has no file: the tag around it is what people find.
      const cause = LiquidError.is(error) ? (error.originalError ?? error) : error;
      if (cause instanceof LimitFault || cause instanceof RangeError) throw cause;
      if (token.file === undefined) throw error;
      this.problems.push(syntaxProblem(error, token));
      skipBlock(token, rest);
      return { token, render: () => undefined } as unknown as ReturnType<Parser["parseToken"]>;
    } finally {
      this.#depth--;
      this.#liquid.onUnknownFilter = onUnknownFilter;
    }
  }

  // LiquidJS does not say where it met the name; each time it is the next place that has it.
  #noteFilter(name: string, { input, begin, file }: TopLevel): void {
    const from = Math.max(begin, this.#found.get(name) ?? 0);
    const found = new RegExp(`(?<=\\|\\s*)${name}(?![\\w-])`).exec(input.slice(from));
    const at = from + (found?.index ?? 0);
    this.#found.set(name, at + 1);
    this.problems.push(filterFault(name, Object.keys(this.#liquid.filters)).at(positionAt({ input, begin: at, file })));
  }
}

function syntaxProblem(error: unknown, token: Place): FacsimileError {
  if (error instanceof FacsimileError) return error;
  const fault = syntaxFault(error);
  const place: Place = LiquidError.is(error) && error.token.input === token.input ? error.token : token;
  return fault.at(positionAt({ ...token, begin: place.begin }), error);
}

function skipBlock(token: TopLevel, rest: TopLevel[]): void {
  if (!TypeGuards.isTagToken(token) || !BLOCKS.has(token.name)) return;
  const end = endOfBlock(token.name, rest);
  if (end >= 0) rest.splice(0, end + 1);
}

function endOfBlock(name: string, tokens: readonly TopLevel[]): number {
  let open = 1;
  return tokens.findIndex((token) => {
    if (!TypeGuards.isTagToken(token)) return false;
    if (token.name === name) open++;
    return token.name === `end${name}` && --open === 0;
  });
}

const BLOCKS: ReadonlySet<string> = new Set(["block", "capture", "case", "for", "if", "tablerow", "unless"]);
