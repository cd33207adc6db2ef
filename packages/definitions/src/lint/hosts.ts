import { didYouMean } from "@facsimile/core";
import { isLocal } from "../checks/hosts.ts";
import { originOf } from "../merge/origin.ts";
import type { Warning } from "../types.ts";
import type { Subject } from "./subjects.ts";

interface Described {
  readonly name: string;
  readonly near: string | undefined;
  readonly position: Warning["position"];
  isUsed: boolean;
}

/** Hosts that are described and play no part in any instance that has them: `deploy.nodes` misspells them, or forgot them. */
export function unusedHosts(subjects: readonly Subject[]): readonly Warning[] {
  const described = new Map<string, Described>();
  for (const { project, steps, definition } of subjects) {
    if (project !== undefined || definition === undefined) continue;
    const { hosts = {}, deploy } = definition.values;
    const nodes = isLocal(deploy.nodes) ? ["local"] : Object.values(deploy.nodes ?? {}).flat();
    const strangers = nodes.filter((name) => hosts[name] === undefined);
    for (const name of Object.keys(hosts)) {
      const origin = originOf(steps, ["hosts", name]);
      // Stronger layers only say more of it.
      const position = (origin?.overrode.at(-1) ?? origin)?.position;
      const id = JSON.stringify([name, position]);
      const known = described.get(id) ?? { name, near: didYouMean(name, strangers), position, isUsed: false };
      known.isUsed ||= nodes.includes(name);
      described.set(id, known);
    }
  }
  return [...described.values()].filter(({ isUsed }) => !isUsed).map(finding);
}

function finding({ name, near, position }: Described): Warning {
  return {
    code: "HOST_UNUSED",
    message: `the host ${name} is described here, and deploy.nodes names it nowhere`,
    hint:
      near === undefined
        ? "Give it a part in deploy.nodes, or take it out."
        : `deploy.nodes names ${near}: is it that?`,
    position,
  };
}
