import type { KeyPath } from "@facsimile/core";
import { foldOnto } from "./fold.ts";
import { guessModule, type WrittenModule } from "./module-files.ts";
import type { Daemon, Module } from "./types.ts";
import type { Finding } from "./validate.ts";
import { entryOf, isMap, type Value, type ValueMap } from "./value.ts";

/** As many as there are uiids. */
export const MAX_DAEMONS = 255;

/** Which key of an instance overlays which section of a module. */
const OVERLAYS = [
  { key: "modules", section: undefined },
  { key: "service", section: "service" },
  { key: "config", section: "freeform" },
] as const;

export interface ModulesResult {
  readonly modules: readonly Module[];
  readonly findings: readonly Finding[];
}

/** The modules as `values` overlay them. `complete`: every file of modules was there to be read. */
export function buildModules(
  written: readonly WrittenModule[],
  { values, complete }: { values: ValueMap; complete: boolean },
): ModulesResult {
  const findings: Finding[] = complete ? strangers(written, values) : [];
  const overlaid = written.map(({ name, values: own }) => ({
    name,
    values: overlay({ name, own }, { values, findings }),
  }));
  const users = overlaid.map(({ name, values: own }) => usernameOf(name, own));
  const modules = overlaid.map(({ name, values: own }, index): Module => {
    const username = users[index] ?? name;
    const key = users.filter((user) => user === username).length === 1 ? username : name;
    const finished = withServiceName(own, key);
    return { name, key, username, values: finished, daemons: daemonsOf({ name, values: finished }, findings) };
  });
  return { modules, findings: [...findings, ...tooMany(modules)] };
}

function strangers(written: readonly WrittenModule[], values: ValueMap): Finding[] {
  const names = written.flatMap((module) => namesOf(module));
  return OVERLAYS.flatMap(({ key }) =>
    Object.keys(mapAt(values, key))
      .filter((name) => !names.includes(name))
      .map((name) => ({
        code: "UNKNOWN_MODULE",
        path: [key, name],
        part: "key" as const,
        message: `${key}.${name} is for a module that does not exist`,
        hint: guessModule(name, names),
      })),
  );
}

/** Overlays name a module by its name, or by its daemon as templates do. */
function namesOf({ name, values }: Pick<WrittenModule, "name" | "values">): readonly string[] {
  const username = usernameOf(name, values);
  return username === name ? [name] : [name, username];
}

function overlay(
  { name, own }: { name: string; own: ValueMap },
  { values, findings }: { values: ValueMap; findings: Finding[] },
): ValueMap {
  let result = own;
  for (const { key, section } of OVERLAYS) {
    for (const alias of namesOf({ name, values: own })) {
      const over = entryOf(mapAt(values, key), alias);
      if (!isMap(over)) continue;
      const conflict = (path: KeyPath) => findings.push(conflictAt([key, alias, ...(section ? path.slice(1) : path)]));
      result = foldOnto({ base: result, over: section === undefined ? over : { [section]: over } }, { conflict });
    }
  }
  return result;
}

function conflictAt(path: KeyPath): Finding {
  const message = `${path.join(".")} and the module's own value differ in kind: one is a map`;
  return { code: "KIND_CONFLICT", path, message, hint: "Write {$replace: …} where that is meant." };
}

function usernameOf(name: string, values: ValueMap): string {
  const daemon = entryOf(values, "daemon");
  return typeof daemon === "string" ? daemon : name;
}

function withServiceName(values: ValueMap, key: string): ValueMap {
  const service = entryOf(values, "service");
  if (!isMap(service) || entryOf(service, "name") !== undefined) return values;
  return { ...values, service: { ...service, name: `${key}d` } };
}

function daemonsOf({ name, values }: { name: string; values: ValueMap }, findings: Finding[]): readonly Daemon[] {
  const service = entryOf(values, "service");
  const logicalName = entryOf(values, "logical_name");
  if (!isMap(service) || typeof logicalName !== "string") return [];
  const count = entryOf(service, "n_instances") ?? 1;
  if (!isCount(count)) {
    findings.push(badCount(name, count));
    return [];
  }
  return Array.from({ length: count }, (_, index) => {
    const daemon = `${name}d.${index}`;
    return { name: daemon, logicalName, instanceName: daemon };
  });
}

function isCount(value: Value): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= 100_000;
}

function badCount(name: string, count: Value): Finding {
  const message = `module ${name}: n_instances is ${JSON.stringify(count)}; expected a whole number`;
  return { code: "INVALID_VALUE", path: ["modules", name, "service", "n_instances"], message };
}

function tooMany(modules: readonly Module[]): readonly Finding[] {
  const total = modules.reduce((sum, { daemons }) => sum + daemons.length, 0);
  if (total <= MAX_DAEMONS) return [];
  const most = modules.reduce((a, b) => (b.daemons.length > a.daemons.length ? b : a));
  return [
    {
      code: "TOO_MANY_DAEMONS",
      path: ["modules", most.name, "service", "n_instances"],
      message: `the modules run ${total} times in all (${most.name} ${most.daemons.length} times); at most ${MAX_DAEMONS} can, one for each uiid`,
      hint: "Lower n_instances.",
    },
  ];
}

function mapAt(values: ValueMap, key: string): ValueMap {
  const value = entryOf(values, key);
  return isMap(value) ? value : {};
}
