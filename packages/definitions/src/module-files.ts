import { didYouMean, FacsimileError } from "@facsimile/core";
import { foldOnto } from "./fold.ts";
import type { Root } from "./roots.ts";
import type { SourceFile } from "./source-file.ts";
import type { OnProblem } from "./steps.ts";
import { entryOf, isList, isMap, kindOf, type Value, type ValueMap } from "./value.ts";

/** What the `modules.*` files say about one module. */
export interface WrittenModule {
  readonly name: string;
  readonly values: ValueMap;
  /** The file that names it last, and its place in that file's list. */
  readonly source: SourceFile;
  readonly index: number;
}

const NAME = /^[A-Za-z0-9_][A-Za-z0-9_-]*$/;
const USER = /^[A-Za-z0-9._][A-Za-z0-9._@+-]*$/;

/** The modules of all roots, merged by name, in the order in which they are first named. */
export function readModules(files: readonly SourceFile[], onProblem: OnProblem): readonly WrittenModule[] {
  const found = new Map<string, WrittenModule>();
  for (const source of files) {
    for (const written of modulesIn(source, onProblem)) {
      const below = found.get(written.name)?.values ?? {};
      const conflict = (path: readonly string[]) => {
        const position = source.locate([String(written.index), ...path]);
        onProblem(
          new FacsimileError(
            "KIND_CONFLICT",
            `module ${written.name}: a map meets something else at ${path.join(".")}`,
            { position },
          ),
        );
      };
      found.set(written.name, { ...written, values: foldOnto({ base: below, over: written.values }, { conflict }) });
    }
  }
  return [...found.values()];
}

export function moduleFiles(roots: readonly Root[]): readonly SourceFile[] {
  return roots.flatMap((root) => root.modules() ?? []);
}

function modulesIn(source: SourceFile, onProblem: OnProblem): readonly WrittenModule[] {
  const problem = (code: string, message: string, path: readonly string[], hint?: string) =>
    onProblem(new FacsimileError(code, message, { hint, position: source.locate(path) }));
  if (!isList(source.value)) {
    problem("INVALID_VALUE", `holds ${kindOf(source.value)}; expected a list of modules`, [], 'Write [{ name: "x" }].');
    return [];
  }
  const seen = new Set<string>();
  return source.value.flatMap((values, index) => {
    const name = entryOf(values, "name");
    const wrong = whatIsWrong(values, name);
    if (wrong !== undefined) problem("INVALID_VALUE", wrong, [String(index), "name"]);
    if (wrong !== undefined || typeof name !== "string" || !isMap(values)) return [];
    const daemon = entryOf(values, "daemon");
    if (daemon !== undefined && (typeof daemon !== "string" || !USER.test(daemon))) {
      problem("INVALID_VALUE", `module ${name}: daemon is not a user name of A-Za-z0-9._@+-`, [
        String(index),
        "daemon",
      ]);
    }
    if (seen.has(name))
      problem("DUPLICATE_MODULE", `module ${name} is in this file twice`, [String(index), "name"], "Merge the two.");
    seen.add(name);
    return [{ name, values, source, index }];
  });
}

function whatIsWrong(values: Value, name: Value | undefined): string | undefined {
  if (!isMap(values)) return `a module is ${kindOf(values)}; expected a map with name`;
  if (typeof name !== "string") return `a module's name is ${kindOf(name)}; expected a text`;
  return NAME.test(name) ? undefined : `${JSON.stringify(name)} is not a name of a module: letters, digits, _ and -`;
}

export function guessModule(name: string, known: readonly string[]): string {
  const near = didYouMean(name, known);
  if (near !== undefined) return `Did you mean ${near}?`;
  return known.length === 0 ? "There are no modules: write define/modules.json5." : `Modules are ${known.join(", ")}.`;
}
