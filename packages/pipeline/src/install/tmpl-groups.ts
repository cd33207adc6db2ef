import path from "node:path";
import { FacsimileError, type Position } from "@facsimile/core";
import type { Definition, InstanceValues } from "@facsimile/definitions";
import type { TmplGroup } from "./overlays.ts";

type Group = NonNullable<NonNullable<InstanceValues["install"]>["groups"]>[number];

/** The folders of templates beside `tmpl/`, and how they and `tmpl/` are read. @throws `INSTALL_OUTSIDE`, `INSTALL_PATTERN` */
export async function tmplGroups({ definition }: { readonly definition: Definition }): Promise<TmplGroup[]> {
  const groups = [...(definition.values.install?.groups ?? [])].entries();
  const ours = [...groups].flatMap(([index, group]) => (group.type === "tmpl" ? [{ index, group }] : []));
  return Promise.all(ours.map(({ index, group }) => tmplGroup(group, { index, definition })));
}

async function tmplGroup(
  { dir, skip, each, tagLines }: Extract<Group, { type: "tmpl" }>,
  { index, definition }: { index: number; definition: Definition },
): Promise<TmplGroup> {
  const position = positionOf(definition, index);
  assertInside(dir, position);
  return { name: `install.groups[${index}]`, dir, skip: await skipper(skip, position), each, tagLines, position };
}

/** A folder beside `tmpl/`: what lies elsewhere is not in the repository that says what a copy is. */
function assertInside(dir: string, position: Position | undefined): void {
  const clean = path.posix.normalize(dir);
  if (!path.posix.isAbsolute(clean) && clean !== "." && clean !== ".." && !clean.startsWith("../")) return;
  throw new FacsimileError("INSTALL_OUTSIDE", `install.groups: ${JSON.stringify(dir)} is no folder beside tmpl/`, {
    position,
    hint: 'Name one that lies in the definitions, such as "conf".',
  });
}

/** Where the definition has the group. */
export function positionOf({ origin }: Definition, index: number): Position | undefined {
  return origin(["install", "groups", String(index)])?.position ?? origin(["install", "groups"])?.position;
}

/** By a path of the overlay, or its last part. */
async function skipper(skip: string | undefined, position: Position | undefined): Promise<TmplGroup["skip"]> {
  if (skip === undefined) return undefined;
  const { RE2JS } = await import("re2js"); // Large, and few groups skip anything.
  try {
    const pattern = RE2JS.compile(skip);
    return (file) => pattern.matcher(file).find() || pattern.matcher(path.posix.basename(file)).find();
  } catch (cause) {
    const message = `install.groups: ${skip} is not a pattern: ${(cause as Error).message}`;
    const hint = "Patterns are RE2: no look-around, no back-references.";
    throw new FacsimileError("INSTALL_PATTERN", message, { cause, position, hint });
  }
}
