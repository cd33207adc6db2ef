import { formatPath } from "@facsimile/core";
import { originOf } from "../merge/origin.ts";
import type { Warning } from "../types.ts";
import type { Subject } from "./subjects.ts";

/** What only the policy `rolling` heeds. */
const OF_ROLLING = [
  ["deploy", "waves"],
  ["deploy", "maxFailures"],
] as const;

interface Said {
  readonly path: (typeof OF_ROLLING)[number];
  readonly position: NonNullable<Warning["position"]>;
  isHeeded: boolean;
}

/** Keys of the policy `rolling` in layers that only instances with the policy `together` read. */
export function idleRolling(subjects: readonly Subject[]): readonly Warning[] {
  const said = new Map<string, Said>();
  for (const { project, steps, definition } of subjects) {
    if (project !== undefined) continue;
    // Of a chain that is not right, nobody knows the policy.
    const isHeeded = definition?.values.deploy.policy !== "together";
    for (const path of OF_ROLLING) {
      const position = originOf(steps, path)?.position;
      if (position === undefined) continue;
      const id = JSON.stringify([path, position]);
      const known = said.get(id) ?? { path, position, isHeeded: false };
      known.isHeeded ||= isHeeded;
      said.set(id, known);
    }
  }
  return [...said.values()].filter((one) => !one.isHeeded).map(finding);
}

function finding({ path, position }: Said): Warning {
  return {
    code: "KEY_IDLE",
    message: `${formatPath(path)} means nothing with the policy together`,
    hint: 'Set deploy.policy: "rolling", or take it out.',
    position,
  };
}
