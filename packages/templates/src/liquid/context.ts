import { type FacsimileError, isSecret, type Secret } from "@facsimile/core";
import { Context, type Liquid, type Token, toValueSync } from "liquidjs";
import type { Limits } from "../limits.ts";
import { addProblem, LimitFault } from "../problems.ts";

/** What is learned while one file is rendered. */
export class Session {
  readonly problems: FacsimileError[] = [];
  readonly secrets = new Set<string>();
  readonly limits: Limits;
  readonly #noted = new WeakSet<object>();
  #depth = 0;
  #written = 0;
  #steps = 0;

  constructor(limits: Limits) {
    this.limits = limits;
  }

  /** The value of a secret, which this file then holds. */
  reveal(secret: Secret): string {
    this.secrets.add(secret.name);
    return secret.reveal();
  }

  /** Once for each place, however often a loop comes by. */
  note(place: object, problem: () => FacsimileError): void {
    if (this.#noted.has(place)) return;
    this.#noted.add(place);
    addProblem(this.problems, problem());
  }

  enter(): void {
    if (++this.#depth > this.limits.depth) throw new LimitFault(`more than ${this.limits.depth} blocks and partials within one another`); // biome-ignore format: one line
  }

  leave(): void {
    this.#depth--;
  }

  /** One more step. The clock is looked at every so often: reading it takes longer than most steps. */
  step(limiter: Pick<Context["renderLimit"], "check">): void {
    if (++this.#steps % STEPS === 0) limiter.check(performance.now());
  }

  written(characters: number): void {
    this.#written += characters;
    if (this.#written > this.limits.characters) throw new LimitFault(`more than ${this.limits.characters} characters are written`); // biome-ignore format: one line
  }
}

/** That many of the slowest, each bounded by `memory`, take about a second. */
const STEPS = 8;

/** `message` is never shown: what was looked up may hold a secret. */
export class UnknownVariable extends Error {
  /** LiquidJS knows by this name that absence may be tested. */
  override readonly name = "InternalUndefinedVariableError";
  readonly path: readonly string[];
  /** Where it stands, if that is known already. */
  readonly token: Token | undefined;

  constructor(path: readonly string[], token?: Token) {
    super("unknown variable");
    this.path = path;
    this.token = token;
  }
}

type Key = Parameters<Context["readProperty"]>[1];

interface Spawned {
  readonly session: Session;
  readonly strict?: boolean;
  readonly limiters?: Pick<Context, "memoryLimit" | "renderLimit">;
}

/**
 * Variables as templates see them: what is handed in is everywhere visible and never written to; what does not exist
 * is an error, also below a null; a secret has no properties.
 */
export class StrictContext extends Context {
  readonly session: Session;

  constructor(values: object, liquid: Liquid, { session, strict = true, limiters }: Spawned) {
    const renderLimit = session.limits.seconds * 1000;
    const options = { sync: true, globals: strict ? values : {}, strictVariables: strict, renderLimit };
    super(strict ? Object.create(null) : values, liquid.options, options, { ...limiters, liquid });
    this.session = session;
  }

  // LiquidJS awaits what these give, and takes a plain value as it is: twice as fast as a generator for each variable.
  override _get(paths: Key[]): IterableIterator<unknown> {
    return this._getFromScope(this.scopeOf(paths[0]), paths);
  }

  /** Where a variable is looked for. */
  scopeOf(name: Key | undefined): object {
    return (this as unknown as { findScope(key: Key | undefined): object }).findScope(name);
  }

  /** One step down a path; `undefined` where there is nothing. What a map has of its own needs none of LiquidJS's rules. */
  read(below: unknown, key: Key): unknown {
    if (typeof below === "object" && below !== null && typeof key === "string" && Object.hasOwn(below, key)) {
      const value = (below as Record<string, unknown>)[key];
      const isData = value !== undefined && typeof value !== "function";
      if (isData && !isSecret(below) && !("toLiquid" in below)) return value;
    }
    return toValueSync(this.readProperty(below as object, key) as IterableIterator<unknown>);
  }

  override _getFromScope(
    scope: unknown,
    paths: Key[] | string,
    strict = this.strictVariables,
  ): IterableIterator<unknown> {
    this.session.step(this.renderLimit);
    const keys = typeof paths === "string" ? paths.split(".") : paths;
    let value = scope;
    for (let index = 0; index < keys.length; index++) {
      const below = value;
      value = this.read(below, keys[index] ?? "");
      const missing = value === undefined || below === null;
      if (strict && missing) throw new UnknownVariable(keys.slice(0, index + 1).map(String));
    }
    return value as IterableIterator<unknown>;
  }

  override readProperty(scope: object, key: Key): unknown {
    return isSecret(scope) ? undefined : super.readProperty(scope as never, key);
  }

  /** Filters that look at each item of a list come by here, or by `spawn`: the list may be long. */
  override push(scope: object): number {
    this.session.step(this.renderLimit);
    return super.push(scope);
  }

  /** Without a scope, for `render`; with one, for filters that look at each item of a list, where absence is no error. */
  override spawn(scope?: object): StrictContext {
    this.session.step(this.renderLimit);
    const strict = scope === undefined;
    return new StrictContext(scope ?? this.globals, this.liquid, { session: this.session, strict, limiters: this });
  }

  /** Every name that `assign`, `for` and the like made visible here. */
  get localNames(): string[] {
    return (this as unknown as { scopes: object[] }).scopes.flatMap((scope) => Object.keys(scope));
  }
}
