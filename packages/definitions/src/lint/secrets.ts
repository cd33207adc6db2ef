import { formatPosition } from "@facsimile/core";
import { clearSecret } from "../compare/clear-secret.ts";
import { leavesOf } from "../compare/leaves.ts";
import { isClearSecret } from "../compare/masked.ts";
import type { Step } from "../merge/steps.ts";
import type { Warning } from "../types.ts";

/** Texts under keys that are called like a secret: they are read by everybody who can read the repository. */
export function clearSecrets(steps: readonly Step[]): readonly Warning[] {
  const found = steps.flatMap((step) =>
    leavesOf(step.values).flatMap((leaf) =>
      isClearSecret(leaf) ? clearSecret(step, { path: leaf.path, why: "is called like a secret" }) : [],
    ),
  );
  // What is written for a module stands among the modules too.
  return [
    ...new Map(found.toReversed().map((each) => [each.position && formatPosition(each.position), each])).values(),
  ];
}
