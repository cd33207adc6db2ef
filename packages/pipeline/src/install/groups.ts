import path from "node:path";
import { FacsimileError, type Position } from "@facsimile/core";
import type { Definition, Host, InstanceValues } from "@facsimile/definitions";
import { RE2JS } from "re2js";
import { type CopyContext, copyGroup } from "./copy.ts";
import type { Part } from "./finish.ts";
import type { TmplGroup } from "./overlays.ts";

export interface GroupRequest {
  readonly definition: Definition;
  readonly project: string;
  readonly source: string;
  readonly build: string;
}

/** The definition's `install.groups`: what is copied to a host, and the folders of templates beside `tmpl/`. */
export async function installGroups(
  request: GroupRequest,
): Promise<{ copy: (host: Host) => Part[]; tmpl: TmplGroup[] }> {
  const groups = request.definition.values.install?.groups ?? [];
  const copies = await Promise.all(
    groups.map(async (group, index) => {
      if (group.type === "tmpl") return [];
      const tree = await copyGroup(group, copyContext(request, index));
      const lands = ({ targets, system }: Host) =>
        (group.target === undefined || targets.some((target) => target === group.target)) &&
        (group.system === undefined || group.system === system);
      return [{ part: { from: `install.groups[${index}]`, tree }, lands }];
    }),
  );
  const copy = (host: Host) => copies.flat().flatMap(({ part, lands }) => (lands(host) ? [part] : []));
  return { copy, tmpl: tmplGroups(request) };
}

/** The folders of templates beside `tmpl/`, and how they and `tmpl/` are read. @throws `INSTALL_PATTERN` */
export function tmplGroups(request: Pick<GroupRequest, "definition">): TmplGroup[] {
  const groups = request.definition.values.install?.groups ?? [];
  return groups.flatMap((group, index) => (group.type === "tmpl" ? [tmplGroup(group, { request, index })] : []));
}

function tmplGroup(
  { dir, skip, each, tagLines }: TmplOptions,
  { request, index }: { request: Pick<GroupRequest, "definition">; index: number },
): TmplGroup {
  const position = positionOf(request, index);
  return { name: `install.groups[${index}]`, dir, skip: skipper(skip, position), each, tagLines, position };
}

type TmplOptions = Extract<NonNullable<NonNullable<InstanceValues["install"]>["groups"]>[number], { type: "tmpl" }>;

/** By a path of the overlay, or its last part. */
function skipper(skip: string | undefined, position: Position | undefined): TmplGroup["skip"] {
  if (skip === undefined) return undefined;
  const pattern = compile(skip, position);
  return (file) => pattern.matcher(file).find() || pattern.matcher(path.posix.basename(file)).find();
}

function compile(pattern: string, position: Position | undefined): RE2JS {
  try {
    return RE2JS.compile(pattern);
  } catch (cause) {
    const message = `install.groups: ${pattern} is not a pattern: ${(cause as Error).message}`;
    const hint = "Patterns are RE2: no look-around, no back-references.";
    throw new FacsimileError("INSTALL_PATTERN", message, { cause, position, hint });
  }
}

function copyContext(request: GroupRequest, index: number): CopyContext {
  const { definition, project, source, build } = request;
  const variables = {
    SRC_DIR: source,
    BUILD_DIR: build,
    DEPLOY_DIR: `${definition.values.home ?? ""}/${project}/current`,
    CONFIGURATION_NAME: project,
    INSTANCE_NAME: definition.instance.full,
  };
  return { variables, position: positionOf(request, index) };
}

function positionOf({ definition }: Pick<GroupRequest, "definition">, index: number): CopyContext["position"] {
  return (
    definition.origin(["install", "groups", String(index)])?.position ??
    definition.origin(["install", "groups"])?.position
  );
}
