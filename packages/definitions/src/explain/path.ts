import type { KeyPath } from "@facsimile/core";
import type { WrittenModules } from "../layers/module-files.ts";
import type { Step } from "../merge/steps.ts";
import { entryOf } from "../value.ts";

export interface Words {
  readonly steps: readonly Step[];
  readonly written: WrittenModules;
}

/**
 * The path of a value by the words of templates: `instance.currency` is `currency`, and `module.shop`, by a module's key or
 * a daemon's name, `modules.<name>`. A key that a layer sets is taken as it stands.
 */
export function valuePath(path: KeyPath, { steps, written }: Words): KeyPath {
  const [first = "", second, ...rest] = path;
  if (second === undefined || steps.some(({ values }) => entryOf(values, first) !== undefined)) return path;
  if (first === "instance") return [second, ...rest];
  const module = first === "module" ? moduleOf(second, written) : undefined;
  return module === undefined ? path : ["modules", module, ...rest];
}

/** What Facsimile adds to a module and keeps or works out by itself; undefined where a definition can set it. */
export function addedToModule([modules, , key, inner]: KeyPath): string | undefined {
  if (modules !== "modules") return undefined;
  if (key === "password") return "The password of a module is made by facs and kept in the state.";
  if (key === "username") return "The user name of a module is its daemon, else its name.";
  if (key === "daemons") return "A module has service.n_instances daemons; without that, one.";
  return key === "service" && inner === "uiid"
    ? "Numbers of daemons are given by facs and kept in the state."
    : undefined;
}

function moduleOf(key: string, { aliases, names }: WrittenModules): string | undefined {
  const called = aliases.get(key) ?? aliases.get(/^(.+)d\.\d+$/.exec(key)?.[1] ?? "") ?? [];
  return called.length === 1 ? called[0] : names.find((name) => name === key);
}
