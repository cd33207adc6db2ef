import { formatPath, formatPosition, type KeyPath } from "@facsimile/core";
import { leavesOf } from "../compare/leaves.ts";
import { isClearSecret } from "../compare/masked.ts";
import type { Step } from "../layers/steps.ts";
import type { Warning } from "../types.ts";
import { valueAt } from "../value.ts";

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

/** A secret that stands in clear at `path`; whole texts such as `${db.password}` are told where they lead to. */
export function clearSecret(step: Step, { path, why }: { path: KeyPath; why: string }): readonly Warning[] {
  const value = valueAt(step.values, path);
  if (typeof value === "string" && !path.includes("$literal") && /^\$\{[^}]*\}$/.test(value)) return [];
  const directive = path.findIndex((key) => key.startsWith("$"));
  const key = directive < 0 ? path : path.slice(0, directive);
  return [
    {
      code: "SECRET_IN_CLEAR",
      message: `${formatPath(key)} ${why}, and stands here for every reader`,
      hint: `Write {$secret: ${JSON.stringify(key.join("/"))}}, and change the secret: git keeps what was here.`,
      position: step.locate(path),
    },
  ];
}
