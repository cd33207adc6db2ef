import { FacsimileError } from "@facsimile/core";
import { type Liquid, LiquidError, Parser, type Template, type Token, Tokenizer, TypeGuards } from "liquidjs";
import type { Limits } from "../limits.ts";
import { addProblem, LimitFault, PlacedLimit } from "../problems.ts";
import type { TagLines } from "../types.ts";
import { trimTagLines } from "./lines.ts";
import { filterFault, jinjaComments, syntaxFault } from "./syntax.ts";
import { TokenQueue, type TopLevel } from "./tokens.ts";
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
    const problem =
      error instanceof PlacedLimit ? error.problem : syntaxProblem(error, { input: text, begin: 0, file });
    return { templates: [], problems: [...parser.problems, problem] };
  }
}

type Place = Pick<Token, "input" | "begin" | "file">;

class StrictParser extends Parser {
  readonly problems: FacsimileError[] = [];
  readonly #liquid: WatchedLiquid;
  readonly #limits: Limits;
  readonly #tagLines: TagLines;
  readonly #found = new Map<string, number>();
  readonly #began = performance.now();
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
    if (tokens.length > MOST_TOKENS) throw new LimitFault(`the template has more than ${MOST_TOKENS} tags, outputs and texts`); // biome-ignore format: one line
    if (file !== undefined) {
      for (const problem of jinjaComments(tokens)) addProblem(this.problems, problem);
      if (this.#tagLines === "remove") trimTagLines(tokens);
    }
    return this.parseTokens(tokens);
  }

  override parseTokens(tokens: TopLevel[]): Template[] {
    return super.parseTokens((tokens instanceof TokenQueue ? tokens : new TokenQueue(tokens)) as unknown as TopLevel[]);
  }

  // One mistake must not hide the next: what cannot be parsed is noted and passed over, a block with all that it holds.
  override parseToken(token: TopLevel, rest: TopLevel[]): ReturnType<Parser["parseToken"]> {
    const { onUnknownFilter } = this.#liquid;
    this.#liquid.onUnknownFilter = (name) => this.#noteFilter(name, token);
    this.#depth++;
    try {
      this.#assertBounds();
      return super.parseToken(token, rest);
    } catch (error) {
      // The text of a name, `include "{{ x }}"`, has no file: the tag around it is what people find.
      const cause = LiquidError.is(error) ? (error.originalError ?? error) : error;
      if (cause instanceof PlacedLimit || token.file === undefined) throw cause;
      const limit = cause instanceof RangeError ? new LimitFault("the text is too deep to be parsed") : cause;
      if (limit instanceof LimitFault) throw new PlacedLimit(limit.at(positionAt(token), cause));
      addProblem(this.problems, syntaxProblem(error, token));
      skipBlock(token, rest as unknown as TokenQueue);
      return { token, render: () => undefined } as unknown as ReturnType<Parser["parseToken"]>;
    } finally {
      this.#depth--;
      this.#liquid.onUnknownFilter = onUnknownFilter;
    }
  }

  #assertBounds(): void {
    const { depth, seconds } = this.#limits;
    if (this.#depth > depth) throw new LimitFault(`more than ${depth} blocks within one another`);
    if (performance.now() - this.#began > seconds * 1000) throw new LimitFault("it takes too long");
  }

  // LiquidJS does not say where it met the name; each time it is the next place that has it.
  #noteFilter(name: string, { input, begin, file }: TopLevel): void {
    const from = Math.max(begin, this.#found.get(name) ?? 0);
    let at = input.indexOf(name, from);
    while (at >= 0 && !isFilterAt(at, { name, input })) at = input.indexOf(name, at + 1);
    const found = at < 0 ? begin : at;
    this.#found.set(name, found + 1);
    addProblem(
      this.problems,
      filterFault(name, Object.keys(this.#liquid.filters)).at(positionAt({ input, begin: found, file })),
    );
  }
}

function isFilterAt(at: number, { name, input }: { name: string; input: string }): boolean {
  let before = at - 1;
  while (before >= 0 && /\s/.test(input[before] ?? "")) before--;
  return input[before] === "|" && !/[\w-]/.test(input[at + name.length] ?? "");
}

/** Each takes some hundred bytes once it is parsed. */
const MOST_TOKENS = 250_000;

function syntaxProblem(error: unknown, token: Place): FacsimileError {
  if (error instanceof FacsimileError) return error;
  const fault = syntaxFault(error);
  const place: Place = LiquidError.is(error) && error.token.input === token.input ? error.token : token;
  return fault.at(positionAt({ ...token, begin: place.begin }), error);
}

function skipBlock(block: TopLevel, rest: TokenQueue): void {
  if (!TypeGuards.isTagToken(block) || !BLOCKS.has(block.name)) return;
  let open = 1;
  rest.skipPast((token) => {
    if (!TypeGuards.isTagToken(token)) return false;
    if (token.name === block.name) open++;
    return token.name === `end${block.name}` && --open === 0;
  });
}

const BLOCKS: ReadonlySet<string> = new Set(["block", "capture", "case", "for", "if", "tablerow", "unless"]);
