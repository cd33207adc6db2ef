import type { Daemon, Module } from "../types.ts";
import { entryOf, isMap, type Value, type ValueMap } from "../value.ts";
import type { Finding } from "./validate.ts";

/** As many as there are uiids. */
export const MAX_DAEMONS = 255;

export interface ModulesResult {
  readonly modules: readonly Module[];
  readonly findings: readonly Finding[];
}

/** The modules that files name and `values` hold, in that order. */
export function buildModules(names: readonly string[], values: ValueMap): ModulesResult {
  const findings: Finding[] = [];
  const all = entryOf(values, "modules");
  const left = names.flatMap((name) => {
    const own = entryOf(all, name);
    return isMap(own) ? [{ name, own, username: usernameOf(name, own) }] : [];
  });
  const modules = left.map(({ name, own, username }): Module => {
    const isShared = left.some((other) => other.name !== name && other.username === username);
    const key = isShared ? name : username;
    const finished = withServiceName(own, key);
    return { name, key, username, values: finished, daemons: daemonsOf({ name, values: finished }, findings) };
  });
  return { modules, findings: [...findings, ...tooMany(modules)] };
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
