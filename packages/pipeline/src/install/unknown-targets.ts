import { didYouMean, FacsimileError } from "@facsimile/core";
import type { Definition } from "@facsimile/definitions";
import type { Overlays } from "./overlays.ts";

/** A mistyped `_TARGET_/` folder would reach no host, and nobody would notice. */
export function unknownTargets(
  { tmpl, each, extra }: Overlays,
  { values, hosts, instance }: Definition,
): FacsimileError[] {
  const described = Object.values(values.projects ?? {}).flatMap(({ targets = [] }) => targets);
  const known = new Set<string>([
    ...described,
    ...Object.keys(values.deploy.nodes ?? {}),
    ...hosts.flatMap(({ targets }) => targets),
  ]);
  const strange = [
    ...new Set([tmpl, ...each.map(({ overlay }) => overlay), extra].flatMap((one) => one.targets)),
  ].filter((target) => !known.has(target));
  return strange.map((target) => {
    const near = didYouMean(target, known);
    return new FacsimileError(
      "UNKNOWN_TARGET_FOLDER",
      `templates lie in _TARGET_/${target}, which is no target of ${instance.full}`,
      {
        hint: near === undefined ? `Targets: ${[...known].join(", ")}` : `Did you mean _TARGET_/${near}?`,
      },
    );
  });
}
