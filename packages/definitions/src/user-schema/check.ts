import { formatPath, type KeyPath } from "@facsimile/core";
import type { Finding } from "../checks/finding.ts";
import { directiveOf } from "../merge/directives.ts";
import { isList, isMap, isSecretRef, type Value } from "../value.ts";
import type { UserKeywords, UserNode } from "./node.ts";
import { misfits } from "./user-shape.ts";

/** What the node says, without the values that do not fit the rest of it: choices, the constant, the default. */
export function soundValues(node: UserNode, { report }: { report(finding: Finding): void }): UserKeywords {
  const { default: fallback, enum: choices, const: only, ...others } = node.says;
  const plain = { ...node, says: others };
  const fits = (value: Value, path: KeyPath) => none(misfits(plain, { value, path }), report);
  const choicesThat = choices?.filter((value, index) => fits(value, [...node.at, "enum", String(index)]));
  const says = {
    ...others,
    ...(choicesThat === undefined || choicesThat.length === 0 ? {} : { enum: choicesThat }),
    ...(only === undefined || !fits(only, [...node.at, "const"]) ? {} : { const: only }),
  };
  if (fallback === undefined) return says;
  const path = [...node.at, "default"];
  const found = directivesIn(fallback, path);
  const wrong = found.length > 0 ? found : misfits({ ...node, says }, { value: fallback, path, raw: true });
  return none(wrong, report) ? { ...says, default: fallback } : says;
}

function none(findings: readonly Finding[], report: (finding: Finding) => void): boolean {
  findings.forEach((finding) => {
    report(finding);
  });
  return findings.length === 0;
}

/** Nothing lies beneath a default that a directive could change. */
function directivesIn(value: Value, path: KeyPath): readonly Finding[] {
  if (isSecretRef(value)) return [];
  if (isList(value)) return value.flatMap((each, index) => directivesIn(each, [...path, String(index)]));
  if (!isMap(value)) return [];
  const [directive] = directiveOf(value) ?? [];
  if (directive === undefined)
    return Object.entries(value).flatMap(([key, each]) => directivesIn(each, [...path, key]));
  const message = `${formatPath(path)} holds ${directive}, but there is nothing beneath a default`;
  return [{ code: "BAD_DIRECTIVE", path: [...path, directive], part: "key", message, hint: "Write the value itself." }];
}
