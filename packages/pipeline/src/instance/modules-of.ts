import type { Definition, Module } from "@facsimile/definitions";

/** Every module, also as single views have it: a region may run a daemon more. */
export function modulesOf(definition: Definition): Module[] {
  return [definition.modules, ...definition.hosts.map((host) => definition.modulesOf(host))].flat();
}
