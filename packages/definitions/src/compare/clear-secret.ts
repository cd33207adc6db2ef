import { formatPath, type KeyPath } from "@facsimile/core";
import type { Step } from "../merge/steps.ts";
import type { Warning } from "../types.ts";
import { valueAt } from "../value.ts";

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
