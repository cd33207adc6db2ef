import { didYouMean, FacsimileError } from "@facsimile/core";
import { memoized } from "../memo.ts";
import type { Layer, OnProblem, Step, Steps } from "../merge/steps.ts";
import { entryOf, freeze, isList, isMap, kindOf, type Value, type ValueMap } from "../value.ts";
import type { ModuleText, Root } from "./roots.ts";

/** The modules that files name. */
export interface WrittenModules extends Steps {
  /** In the order in which they are first named. */
  readonly names: readonly string[];
  /** What overlays may call them: the name, or the user name as templates do, which several may share. */
  readonly aliases: ReadonlyMap<string, readonly string[]>;
}

const NAME = /^[A-Za-z0-9_][A-Za-z0-9_-]*$/;
const USER = /^[A-Za-z0-9._][A-Za-z0-9._@+-]*$/;

export function moduleTexts(roots: readonly Root[]): readonly ModuleText[] {
  return roots.flatMap((root) => root.modules() ?? []);
}

/** The modules of all files: a step for each file, which sets `modules`. */
export const readModules = memoized((...texts: readonly ModuleText[]): WrittenModules => {
  const files = texts.map((text) => modulesIn(text));
  const items = files.flatMap((file) => file.items);
  const names = [...new Set(items.map(({ name }) => name))];
  const users = names.map((name) => ({ name, user: usernameOf(name, items) }));
  const calledBy = (alias: string) => users.filter(({ name, user }) => alias === name || alias === user);
  const aliases = new Set([...names, ...users.map(({ user }) => user)]);
  return {
    names,
    aliases: new Map([...aliases].map((alias) => [alias, calledBy(alias).map(({ name }) => name)])),
    steps: files.flatMap(({ step }) => step ?? []),
    problems: files.flatMap(({ problems }) => problems),
  };
});

interface Item {
  readonly name: string;
  readonly values: ValueMap;
  /** In the file's list. */
  readonly index: number;
}

function usernameOf(name: string, items: readonly Item[]): string {
  const last = items.findLast((item) => item.name === name && typeof item.values["daemon"] === "string");
  return last === undefined ? name : (last.values["daemon"] as string);
}

function modulesIn({ source, at, value }: ModuleText) {
  const problems: FacsimileError[] = [];
  const problem: Tell = ({ code, message, path, hint }) =>
    problems.push(new FacsimileError(code, message, { hint, position: source.locate([...at, ...path]) }));
  if (!isList(value)) {
    const message = `holds ${kindOf(value)}; expected a list of modules`;
    problem({ code: "INVALID_VALUE", message, path: [], hint: 'Write [{ name: "x" }].' });
    return { items: [], problems, step: undefined };
  }
  const seen = new Set<string>();
  const items = value.flatMap((values, index): Item[] => {
    const name = nameOf(values, { index, problem, seen });
    if (name === undefined || !isMap(values)) return [];
    seen.add(name);
    return [{ name, values, index }];
  });
  return { items, problems, step: stepOf({ source, at }, items) };
}

function stepOf({ source, at }: Pick<ModuleText, "source" | "at">, items: readonly Item[]): Step {
  const layer: Layer = { name: source.file, root: "conglomerate", role: "modules", source, at, body: {} };
  const modules = Object.fromEntries(items.map(({ name, values }) => [name, values]));
  const indexes = new Map(items.map(({ name, index }) => [name, index]));
  const locate: Step["locate"] = ([, name = "", ...path], part) => {
    const index = indexes.get(name);
    return source.locate(index === undefined ? at : [...at, String(index), ...path], part);
  };
  return { layer, view: undefined, values: freeze({ modules }), locate };
}

type Tell = (problem: { code: string; message: string; path: readonly string[]; hint?: string }) => void;

/** The name of an item of the list; undefined where it is none. */
function nameOf(
  values: Value,
  { index, problem, seen }: { index: number; problem: Tell; seen: ReadonlySet<string> },
): string | undefined {
  const name = entryOf(values, "name");
  const path = [String(index), "name"];
  const wrong = whatIsWrong(values, name);
  if (wrong !== undefined) problem({ code: "INVALID_VALUE", message: wrong, path });
  if (wrong !== undefined || typeof name !== "string") return undefined;
  const daemon = entryOf(values, "daemon");
  if (daemon !== undefined && (typeof daemon !== "string" || !USER.test(daemon))) {
    const message = `module ${name}: daemon is not a user name of A-Za-z0-9._@+-`;
    problem({ code: "INVALID_VALUE", message, path: [String(index), "daemon"] });
  }
  if (!seen.has(name)) return name;
  problem({ code: "DUPLICATE_MODULE", message: `module ${name} is in this file twice`, path, hint: "Merge the two." });
  return undefined;
}

function whatIsWrong(values: Value, name: Value | undefined): string | undefined {
  if (!isMap(values)) return `a module is ${kindOf(values)}; expected a map with name`;
  if (typeof name !== "string") {
    const near = name === undefined ? didYouMean("name", Object.keys(values)) : undefined;
    return `a module's name is ${kindOf(name)}; expected a text${near === undefined ? "" : `: ${near} is not it`}`;
  }
  return NAME.test(name) ? undefined : `${JSON.stringify(name)} is not a name of a module: letters, digits, _ and -`;
}

const OVERLAYS = ["modules", "service", "config"];

/** Reports overlays of modules that no file names. */
export function checkOverlays(
  steps: readonly Step[],
  { aliases, onProblem }: Pick<WrittenModules, "aliases"> & { onProblem: OnProblem },
): void {
  for (const step of steps) {
    for (const key of OVERLAYS) {
      if (!Object.hasOwn(step.values, key)) continue;
      for (const name of Object.keys(entryOf(step.values, key) ?? {})) {
        if (aliases.has(name) || name.startsWith("$")) continue;
        const message = `${key}.${name} is for a module that does not exist`;
        const position = step.locate([key, name], "key");
        onProblem(
          new FacsimileError("UNKNOWN_MODULE", message, { hint: guessModule(name, [...aliases.keys()]), position }),
        );
      }
    }
  }
}

function guessModule(name: string, known: readonly string[]): string {
  const near = didYouMean(name, known);
  if (near !== undefined) return `Did you mean ${near}?`;
  return known.length === 0 ? "There are no modules: write define/modules.json5." : `Modules are ${known.join(", ")}.`;
}
