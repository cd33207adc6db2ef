import { formatPath, type KeyPath } from "@facsimile/core";
import { leavesOf } from "./leaves.ts";
import { isClearSecret } from "./masked.ts";
import type { Step } from "./steps.ts";
import type { Warning } from "./types.ts";
import { valueAt } from "./value.ts";

/** Texts under keys that are called like a secret: they are read by everybody who can read the repository. */
export function clearSecrets(steps: readonly Step[]): readonly Warning[] {
  return steps.flatMap((step) =>
    leavesOf(step.values).flatMap((leaf) =>
      isClearSecret(leaf) ? clearSecret(step, { path: leaf.path, why: "is called like a secret" }) : [],
    ),
  );
}

/** A secret that stands in clear at `path`; whole texts such as `${db.password}` are told where they lead to. */
export function clearSecret(step: Step, { path, why }: { path: KeyPath; why: string }): readonly Warning[] {
  const value = valueAt(step.values, path);
  if (typeof value === "string" && /^\$\{[^}]*\}$/.test(value)) return [];
  return [
    {
      code: "SECRET_IN_CLEAR",
      message: `${formatPath(path)} ${why}, and stands here for every reader`,
      hint: `Write {$secret: ${JSON.stringify(path.join("/"))}}, and change the secret: git keeps what was here.`,
      position: step.locate(path),
    },
  ];
}
