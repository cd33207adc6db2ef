import type { Secret } from "@facsimile/core";
import type { Daemon, Module } from "./types.ts";

export interface ModuleSecrets {
  /** Asked once for each user name. */
  password(username: string): Secret;
  /** 1 to 255. Asked once for each daemon. */
  uiid(daemonName: string): number;
}

/**
 * What templates see as `module`: every module by its key, with `username`, `password` and `daemons`; each daemon also by
 * its own name (`module["workerd.1"]`), which iterating over `module` does not give.
 */
export function moduleContext(modules: readonly Module[], secrets: ModuleSecrets): object {
  const context: Record<string, object> = {};
  const hidden: (readonly [string, object])[] = [];
  for (const module of modules) {
    const base = {
      ...module.values,
      name: module.name,
      username: module.username,
      password: secrets.password(module.username),
    };
    const daemons = module.daemons.map((daemon) => daemonContext(daemon, { base, uiid: secrets.uiid(daemon.name) }));
    const own = Object.freeze({ ...base, daemons: Object.freeze(daemons) });
    context[module.key] = own;
    hidden.push(
      [module.name, own],
      ...module.daemons.map((daemon, index) => [daemon.name, daemons[index] ?? {}] as const),
    );
  }
  for (const [name, value] of hidden) {
    if (!Object.hasOwn(context, name)) Object.defineProperty(context, name, { value, enumerable: false });
  }
  return Object.freeze(context);
}

function daemonContext(
  { logicalName, instanceName }: Daemon,
  { base, uiid }: { base: Readonly<Record<string, unknown>>; uiid: number },
): object {
  const service = Object.freeze({
    ...(base["service"] as object),
    uiid,
    logical_name: logicalName,
    instance_name: instanceName,
  });
  return Object.freeze({ ...base, service });
}
