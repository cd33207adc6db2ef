import { didYouMean, FacsimileError, meantOr } from "@facsimile/core";
import type { Definition, Host } from "@facsimile/definitions";
import { landing } from "@facsimile/templates";
import { modulesOf } from "../instance/modules-of.ts";
import type { EachGroup, EachOverlay } from "./overlays.ts";

/** In a path of a group with `each` it stands for the daemon's name. */
const EACH = "_EACH_";

export function pathFor(path: string, daemon: string): string {
  return path.replaceAll(EACH, daemon);
}

/** Names of the daemons that the group is rendered for on a host: `workerd.0`. */
export function daemonsFor(
  { each }: EachGroup,
  { definition, host }: { definition: Definition; host: Host },
): string[] {
  const found = definition.modulesOf(host).find((module) => isCalled(each, module));
  return found?.daemons.map(({ name }) => name) ?? [];
}

/** `context` for one daemon: `module.this` is what `module["workerd.0"]` is. Iterating over `module` does not give it. */
export function contextFor<Context extends { readonly module: object }>(context: Context, daemon: string): Context {
  const { module } = context;
  const own = Object.getOwnPropertyDescriptors(module);
  const value = own[daemon as keyof typeof own] as PropertyDescriptor | undefined;
  if (value === undefined) throw new Error(`${daemon} is no daemon of these modules`);
  return { ...context, module: Object.create(null, { ...own, this: { ...value, enumerable: false } }) };
}

/** A module that is not there or never runs, and files that all daemons would give: each with the group's place. */
export function eachProblems(each: readonly EachOverlay[], definition: Definition): FacsimileError[] {
  return each.flatMap((one) => [...moduleProblems(one.group, definition), ...pathProblems(one)]);
}

function moduleProblems({ each, name, position }: EachGroup, definition: Definition): FacsimileError[] {
  const modules = modulesOf(definition);
  const ours = modules.filter((module) => isCalled(each, module));
  if (ours.some(({ daemons }) => daemons.length > 0)) return [];
  if (ours.length > 0) {
    const hint = "A module runs when it has `service` and `logical_name`.";
    return [new FacsimileError("INSTALL_EACH", `${name}: the module ${each} has no daemons`, { position, hint })];
  }
  const keys = [...new Set(modules.map(({ key }) => key))];
  const hint = meantOr(didYouMean(each, keys), `Modules: ${keys.join(", ") || "none"}`);
  return [new FacsimileError("UNKNOWN_MODULE", `${name}: there is no module ${each}`, { position, hint })];
}

function pathProblems({ group: { name, position }, overlay }: EachOverlay): FacsimileError[] {
  const shared = [...overlay.entries.values()].filter((entry) => {
    const { on, path } = landing(entry.path);
    return entry.type !== "dir" && on !== "library" && on !== "demand" && !path.includes(EACH);
  });
  return shared.map((entry) => {
    const message = `${name}: ${entry.name} would be the same path for every daemon`;
    const hint = `Put ${EACH} into its path, which becomes the daemon's name: ${withMark(entry.path)}`;
    return new FacsimileError("INSTALL_EACH", message, { position, hint });
  });
}

function withMark(path: string): string {
  const cut = path.lastIndexOf("/") + 1;
  return `${path.slice(0, cut)}${EACH}.${path.slice(cut)}`;
}

function isCalled(each: string, { key, name }: { readonly key: string; readonly name: string }): boolean {
  return key === each || name === each;
}
