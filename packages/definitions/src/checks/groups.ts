import { didYouMean, type KeyPath } from "@facsimile/core";
import type { InstanceValues } from "../types.ts";
import { type Finding, unknown } from "./finding.ts";
import { targetsOf } from "./hosts.ts";

/** What `$NAME$` in a copy group can be. */
export const COPY_VARIABLES = ["SRC_DIR", "BUILD_DIR", "DEPLOY_DIR", "CONFIGURATION_NAME", "INSTANCE_NAME"] as const;

export type CopyVariable = (typeof COPY_VARIABLES)[number];

type Group = NonNullable<NonNullable<InstanceValues["install"]>["groups"]>[number];
type Copy = Exclude<Group, { type: "tmpl" }>;

/** What is wrong with `install.groups`, and would silently install nothing, or nowhere. */
export function groupFindings({ install, projects }: Pick<InstanceValues, "install" | "projects">): readonly Finding[] {
  const targets = targetsOf(projects, undefined);
  return (install?.groups ?? []).flatMap((group, index) => {
    if (group.type === "tmpl") return [];
    const path = ["install", "groups", String(index)];
    return [
      ...emptyFindings(group, path),
      ...targetFindings(group, { path, targets }),
      ...variableFindings(group, path),
    ];
  });
}

const SOURCES = ["files", "optfiles", "dir", "glob"] as const;

function emptyFindings(group: Copy, path: KeyPath): readonly Finding[] {
  if (SOURCES.some((key) => group[key] !== undefined)) return [];
  const hint = `Name what it takes: ${SOURCES.join(", ")}; or {type: "tmpl", dir}.`;
  return [{ code: "INVALID_VALUE", path, message: `${path.join(".")} names no files`, hint }];
}

function targetFindings(
  { target }: Copy,
  { path, targets }: { path: KeyPath; targets: readonly string[] | undefined },
): readonly Finding[] {
  if (target === undefined || targets === undefined || targets.includes(target)) return [];
  return [unknown({ code: "UNKNOWN_TARGET", path: [...path, "target"], name: target, known: targets, what: "target" })];
}

function variableFindings(group: Copy, path: KeyPath): readonly Finding[] {
  return ([...SOURCES, "pattern", "replace"] as const).flatMap((key) => {
    const value = group[key] ?? [];
    if (typeof value === "string") return strangeVariables(value, [...path, key]);
    return value.flatMap((text, index) => strangeVariables(text, [...path, key, String(index)]));
  });
}

function strangeVariables(text: string, path: KeyPath): readonly Finding[] {
  const known: readonly string[] = COPY_VARIABLES;
  const names = [...text.matchAll(/\$([A-Z_]+)(?=\$)/g)].map(([, name = ""]) => name);
  return names
    .filter((name) => !known.includes(name))
    .map((name) => {
      const near = didYouMean(name, known);
      const hint =
        near === undefined ? `Variables: ${known.map((each) => `$${each}$`).join(", ")}.` : `Did you mean $${near}$?`;
      return { code: "INTERPOLATION", path, message: `${path.join(".")}: there is no variable $${name}$`, hint };
    });
}
