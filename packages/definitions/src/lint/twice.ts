import { isLocal } from "../checks/hosts.ts";
import { originOf } from "../merge/origin.ts";
import type { Host, Warning } from "../types.ts";
import type { Subject } from "./subjects.ts";

/** Hosts of one instance that are one machine, login and home under two names: a run would lock itself out. */
export function hostsTwice(subjects: readonly Subject[]): readonly Warning[] {
  return subjects.flatMap(({ project, steps, definition }) => {
    if (project !== undefined || definition === undefined || isLocal(definition.values.deploy.nodes)) return [];
    const first = new Map<string, Host>();
    return definition.hosts.flatMap((host) => {
      // Nobody asks it.
      if (host.down !== undefined) return [];
      const id = JSON.stringify([host.address, host.port, host.user, definition.view(host).home]);
      const twin = first.get(id);
      if (twin === undefined) first.set(id, host);
      return twin === undefined
        ? []
        : finding(host, { twin, position: originOf(steps, ["hosts", host.name])?.position });
    });
  });
}

function finding(host: Host, { twin, position }: { twin: Host; position: Warning["position"] }): Warning {
  const { name, address, port, user } = host;
  const login = `${user === undefined ? "" : `${user}@`}${address}${port === undefined ? "" : `:${port}`}`;
  return {
    code: "HOST_TWICE",
    message: `the hosts ${twin.name} and ${name} are one: ${login}, with the same home; a deploy would lock itself out`,
    hint: "Take one of them out of deploy.nodes, or give each its own home.",
    position,
  };
}
