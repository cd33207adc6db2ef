import { type FacsimileError, meantOr } from "@facsimile/core";
import { Liquid, RawTag, type Template, TypeGuards } from "liquidjs";
import { unknownVariable } from "../known.ts";
import type { Limits } from "../limits.ts";
import { excerpt, Fault, LimitFault, PlacedLimit } from "../problems.ts";
import type { TagLines } from "../types.ts";
import { Budget } from "./budget.ts";
import { Session, StrictContext } from "./context.ts";
import { allFilters } from "./filters.ts";
import { operators } from "./operators.ts";
import { type Parsed, parseTemplate, type WatchedLiquid } from "./parser.ts";
import { asLimit, createRenderTemplates } from "./render.ts";
import type { Rendering } from "./rendering.ts";
import { printed } from "./values.ts";

/** What templates can include. */
export interface Library {
  /** The file that `name` means in `from`, as {@link Library.read} takes it; `undefined` when there is none. */
  find(name: string, from: string): string | undefined;
  /** @throws a fault for what is no text. */
  read(file: string): string;
  /** What becomes of its lines that hold only tags. */
  tagLines(file: string): TagLines;
  /** What may have been meant. */
  suggest(name: string): string | undefined;
}

export interface Engine {
  /** Renders one text; `file` is what {@link Library.find} gives for it, and begins the positions of its problems. */
  render(text: string, { file, values }: { file: string; values: object }): Rendering;
}

export function createEngine({ library, limits }: { library: Library; limits: Limits }): Engine {
  const liquid = new StrictLiquid(library, limits);
  return { render: (text, options) => liquid.renderText(text, options) };
}

class StrictLiquid extends Liquid implements WatchedLiquid {
  onUnknownFilter: ((name: string) => void) | undefined;
  readonly #library: Library;
  readonly #limits: Limits;
  readonly #budget: Budget;
  readonly #parsed = new Map<string, Parsed>();
  // Rendering is synchronous: there is one at a time.
  #session: Session;

  constructor(library: Library, limits: Limits) {
    super(optionsFor(limits));
    this.#library = library;
    this.#limits = limits;
    this.#budget = new Budget(limits);
    this.#session = new Session(limits);
    this.renderer.renderTemplates = createRenderTemplates((path, text, context) =>
      unknownVariable(path, { text, values: context.globals, locals: context.localNames }),
    ) as unknown as typeof this.renderer.renderTemplates;
    this.registerTag("raw", RawLines);
    Object.defineProperty(this, "filters", { value: watched(this) });
  }

  renderText(text: string, { file, values }: { file: string; values: object }): Rendering {
    const problem = this.#budget.flaw();
    if (problem !== undefined) return { text: "", secrets: [], problems: [limitProblem(problem, file)] };
    const began = performance.now();
    const rendering = this.#renderText(text, { file, values });
    this.#budget.spend(rendering, (performance.now() - began) / 1000);
    return rendering;
  }

  #renderText(text: string, { file, values }: { file: string; values: object }): Rendering {
    const session = new Session({ ...this.#limits, seconds: this.#budget.seconds });
    this.#session = session;
    const templates = this.#parse(file, () => text);
    if (session.problems.length > 0) return { text: "", secrets: [], problems: session.problems };
    const context = new StrictContext(values, this, { session });
    try {
      const output: unknown = this.renderSync(templates, context);
      return { text: String(output), secrets: [...session.secrets].sort(), problems: session.problems };
    } catch (error) {
      return { text: "", secrets: [], problems: [...session.problems, limitProblem(error, file)] };
    }
  }

  override *_parsePartialFile(name: string, _sync?: boolean, from?: string): Generator<never, Template[]> {
    const file = this.#library.find(String(name), from ?? "");
    if (file === undefined) throw this.#notFound(String(name));
    return this.#parse(file, () => this.#library.read(file));
  }

  override *_parseLayoutFile(name: string, sync?: boolean, from?: string): Generator<never, Template[]> {
    return yield* this._parsePartialFile(name, sync, from);
  }

  #parse(file: string, text: () => string): Template[] {
    const parsed = this.#parsed.get(file) ?? this.#parseAnew(file, text());
    this.#parsed.set(file, parsed);
    this.#session.problems.push(...parsed.problems);
    return parsed.problems.length > 0 ? [] : parsed.templates;
  }

  #parseAnew(file: string, text: string): Parsed {
    return parseTemplate(text, { liquid: this, file, limits: this.#limits, tagLines: this.#library.tagLines(file) });
  }

  // A name may have been made of a secret: then it is not shown.
  #notFound(name: string): Fault {
    const shown = this.#session.secrets.size > 0 ? "" : ` ${JSON.stringify(excerpt(name))}`;
    const hint = meantOr(this.#library.suggest(name), "Names are paths in the overlay or in _LIB_/.");
    return new Fault("TEMPLATE_NOT_FOUND", `there is no template${shown} to include`, hint);
  }
}

function optionsFor({ seconds, characters, memory }: Limits) {
  return {
    strictVariables: true,
    strictFilters: true,
    lenientIf: true,
    ownPropertyOnly: true,
    locale: "en-US",
    timezoneOffset: 0,
    operators,
    renderLimit: seconds * 1000,
    parseLimit: characters,
    memoryLimit: memory,
    // Nothing is escaped: this is where LiquidJS lets us see what is about to be printed.
    outputEscape(this: unknown, value: unknown): string {
      return printed(value, (this as { context: StrictContext }).context.session);
    },
  };
}

function watched(liquid: StrictLiquid): Liquid["filters"] {
  const filters = Object.assign(Object.create(null), Object.fromEntries(allFilters())) as Liquid["filters"];
  return new Proxy(filters, {
    get(all, name) {
      const filter = typeof name === "string" ? all[name] : undefined;
      if (filter !== undefined || liquid.onUnknownFilter === undefined) return filter;
      liquid.onUnknownFilter(String(name));
      return (value: unknown) => value;
    },
  });
}

function limitProblem(error: unknown, file: string): FacsimileError {
  const limit = asLimit(error);
  if (limit instanceof PlacedLimit) return limit.problem;
  if (limit instanceof LimitFault) return limit.at({ file, line: 1, column: 1 }, error);
  throw error;
}

// LiquidJS prints raw text whole; the newline after {% raw %} belongs to the tag's line.
class RawLines extends RawTag {
  override render(): string {
    const { tokens } = this as unknown as { tokens: { getText(): string }[] };
    return tokens.map((token) => (TypeGuards.isHTMLToken(token) ? token.getContent() : token.getText())).join("");
  }
}
