import { formatPath } from "@facsimile/core";
import { leavesOf } from "./leaves.ts";
import { isClearSecret } from "./masked.ts";
import type { Step } from "./steps.ts";
import type { Warning } from "./types.ts";
import { Unique } from "./unique.ts";
import type { Value } from "./value.ts";

/** Texts under keys that are called like a secret: they are read by everybody who can read the repository. */
export function clearSecrets(steps: readonly Step[]): readonly Warning[] {
  const found = new Unique<Warning>();
  for (const step of steps) {
    for (const leaf of leavesOf(step.values)) {
      if (!isClearSecret(leaf) || isReference(leaf.value)) continue;
      found.add({
        code: "SECRET_IN_CLEAR",
        message: `${formatPath(leaf.path)} looks like a secret, and stands here for every reader`,
        hint: `Write {$secret: ${JSON.stringify(leaf.path.join("/"))}}, and change the secret: git keeps what was here.`,
        position: step.locate(leaf.path),
      });
    }
  }
  return found.all;
}

/** Whole texts such as `${db.password}`: what they refer to is told by itself. */
function isReference(value: Value): boolean {
  return typeof value === "string" && /^\$\{[^}]*\}$/.test(value);
}
