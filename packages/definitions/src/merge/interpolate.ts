import { didYouMean, type Environment, formatPath, isFacsimileError, type KeyPath, parsePath } from "@facsimile/core";
import { memoized } from "../memo.ts";
import { freeze, isList, isSecretRef, kindOf, type Value, type ValueMap, valueAt } from "../value.ts";

export interface InterpolateOptions {
  /** For `${env:USER}`; undefined where hosts are remote and it is an error. */
  readonly env: Environment | undefined;
  onProblem(problem: InterpolationProblem): void;
  /** A spelling of the Python tool was met. */
  onDeprecated?(path: KeyPath, spelling: string): void;
}

export interface InterpolationProblem {
  readonly code: "INTERPOLATION" | "INTERPOLATION_CYCLE" | "ENV_REMOTE" | "ENV_UNSET";
  readonly path: KeyPath;
  readonly message: string;
  readonly hint: string | undefined;
}

// Bounded: a text of many openings without an end must not be read to its end for each.
const REFERENCE = /\$\$\{|\$\{([^}]{0,1000})\}|%HOMEDIR%|\{\{environ\.(?:HOME|USER)\}\}/g;
const ANY = /\$\{|%HOMEDIR%|\{\{environ\.(?:HOME|USER)\}\}/;
const OLD: Readonly<Record<string, string>> = {
  "%HOMEDIR%": "HOME",
  "{{environ.HOME}}": "HOME",
  "{{environ.USER}}": "USER",
};

/** `${literal:x}` is x: how `$literal` keeps old spellings from being replaced. */
export const LITERAL = "literal:";

/** How many references may lead to each other. */
const MAX_HOPS = 500;

/** What all references together may expand to, in characters and entries. */
const MAX_EXPANSION = 4 * 1024 * 1024;

/** Replaces `${path}` and `${env:NAME}` in every string; paths are read from the root of `values`, which stays as it is. */
export function interpolate(values: ValueMap, options: InterpolateOptions): ValueMap {
  return Object.values(values).some(needsWork)
    ? (new Interpolation(values, options).inside(values, []) as ValueMap)
    : values;
}

function needsWork(value: Value): boolean {
  if (typeof value === "string") return ANY.test(value);
  return typeof value === "object" && value !== null && holdsWork(value);
}

const holdsWork = memoized((value: object): boolean => Object.values(value).some(needsWork));

class Interpolation {
  readonly #root: ValueMap;
  readonly #options: InterpolateOptions;
  readonly #done = new Map<string, Value>();
  readonly #sizes = new WeakMap<object, number>();
  #expanded = 0;
  /** The references being followed, in order. */
  readonly #open: string[] = [];

  constructor(root: ValueMap, options: InterpolateOptions) {
    this.#root = root;
    this.#options = options;
  }

  inside(value: Value, path: KeyPath): Value {
    if (isSecretRef(value) || !needsWork(value)) return value;
    if (typeof value === "string") return this.#text(value, path);
    if (isList(value)) return freeze(value.map((each, index) => this.inside(each, [...path, String(index)])));
    const entries = Object.entries(value as ValueMap);
    return freeze(Object.fromEntries(entries.map(([key, inner]) => [key, this.inside(inner, [...path, key])])));
  }

  #text(text: string, path: KeyPath): Value {
    const [whole, reference] = /^\$\{([^}]{0,1000})\}$/.exec(text) ?? [];
    if (whole !== undefined) return this.#resolve(reference ?? "", path);
    return text.replace(REFERENCE, (match, inner: string | undefined) => {
      if (match === "$${") return "${";
      if (inner !== undefined) return this.#scalar(inner, path);
      this.#options.onDeprecated?.(path, match);
      return this.#env(OLD[match] ?? "", path);
    });
  }

  #scalar(reference: string, path: KeyPath): string {
    const value = this.#resolve(reference, path);
    if (typeof value !== "object") return String(value);
    const what = isSecretRef(value) ? "a secret" : kindOf(value);
    this.#problem("INTERPOLATION", path, `\${${reference}} is ${what}, which cannot stand inside a text`);
    return "";
  }

  #resolve(reference: string, path: KeyPath): Value {
    if (reference.startsWith(LITERAL)) return reference.slice(LITERAL.length);
    if (reference.startsWith("env:")) return this.#env(reference.slice("env:".length), path);
    const target = this.#parse(reference, path);
    if (target === undefined) return "";
    const id = formatPath(target);
    const done = this.#done.get(id);
    if (done !== undefined) return this.#charge(done, path);
    if (this.#isOpen(id, path) || this.#isTooLong(path)) return "";
    this.#open.push(id);
    const value = this.#follow(target, path);
    this.#open.pop();
    this.#done.set(id, value);
    return this.#charge(value, path);
  }

  /** References that double each other must not fill the memory. */
  #charge(value: Value, path: KeyPath): Value {
    if (this.#expanded > MAX_EXPANSION) return "";
    this.#expanded += this.#sizeOf(value);
    if (this.#expanded <= MAX_EXPANSION) return value;
    this.#problem("INTERPOLATION", path, "the references expand to more than 4 million characters");
    return "";
  }

  #sizeOf(value: Value): number {
    if (typeof value === "string") return value.length + 1;
    if (typeof value !== "object" || value === null) return 1;
    const known = this.#sizes.get(value);
    if (known !== undefined) return known;
    const size = Object.values(value).reduce<number>((sum, inner) => sum + this.#sizeOf(inner as Value), 1);
    this.#sizes.set(value, size);
    return size;
  }

  /** The value at `target`, found through references where one stands above it. */
  #follow(target: KeyPath, path: KeyPath): Value {
    const value = valueAt(this.#root, target);
    if (value !== undefined) return this.inside(value, target);
    const above = target.findIndex((_, index) => typeof valueAt(this.#root, target.slice(0, index + 1)) === "string");
    const outer = target.slice(0, above + 1);
    const text = valueAt(this.#root, outer);
    const [, reference] = typeof text === "string" ? (/^\$\{([^}]*)\}$/.exec(text) ?? []) : [];
    const found =
      reference === undefined ? undefined : valueAt(this.#resolve(reference, outer), target.slice(above + 1));
    if (found !== undefined) return found;
    this.#problem("INTERPOLATION", path, `there is no value ${formatPath(target)}`, this.#guess(target));
    return "";
  }

  #isOpen(id: string, path: KeyPath): boolean {
    const start = this.#open.indexOf(id);
    if (start < 0 && formatPath(path) !== id) return false;
    const ring = start < 0 ? [id] : this.#open.slice(start);
    const hops = [ring.at(-1), ...ring].join(" → ");
    const message = ring.length === 1 ? `${id} refers to itself` : `values refer to each other: ${hops}`;
    this.#problem("INTERPOLATION_CYCLE", path, message, "Give one of them a value of its own.");
    return true;
  }

  #isTooLong(path: KeyPath): boolean {
    if (this.#open.length < MAX_HOPS) return false;
    this.#problem("INTERPOLATION", path, `the references lead on through more than ${MAX_HOPS} values`);
    return true;
  }

  #guess(target: KeyPath): string {
    const depth = target.findIndex((_, index) => valueAt(this.#root, target.slice(0, index + 1)) === undefined);
    const outer = target.slice(0, depth);
    const near = didYouMean(target[depth] ?? "", Object.keys(valueAt(this.#root, outer) ?? {}));
    if (near === undefined) return "Set it, or write $${ for a plain ${.";
    return `Did you mean ${formatPath([...outer, near, ...target.slice(depth + 1)])}?`;
  }

  #env(name: string, path: KeyPath): string {
    const { env } = this.#options;
    if (env === undefined) {
      const hint = "Write the value itself: a copy must not depend on who deploys it.";
      this.#problem("ENV_REMOTE", path, `the environment variable ${name} is read, but the hosts are remote`, hint);
    } else if (env[name] === undefined) {
      this.#problem(
        "ENV_UNSET",
        path,
        `the environment variable ${name} is not set`,
        `Set ${name}, or write the value.`,
      );
    }
    return env?.[name] ?? "";
  }

  #parse(reference: string, path: KeyPath): KeyPath | undefined {
    try {
      return parsePath(reference);
    } catch (error) {
      if (!isFacsimileError(error, "BAD_PATH")) throw error;
      this.#problem("INTERPOLATION", path, error.message, "Write $${ for a plain ${.");
      return undefined;
    }
  }

  #problem(code: InterpolationProblem["code"], path: KeyPath, message: string, hint?: string): void {
    this.#options.onProblem({ code, path, message, hint });
  }
}
