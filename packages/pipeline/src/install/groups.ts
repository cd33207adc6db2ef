import { settled } from "@facsimile/core";
import type { CopyVariable, Definition, Host } from "@facsimile/definitions";
import { type Telling, tellWarning } from "../instance/warnings.ts";
import { rootOf } from "./contexts.ts";
import { copyGroup } from "./copy.ts";
import type { CopyContext } from "./copy-group.ts";
import type { Part } from "./finish.ts";
import type { TmplGroup } from "./overlays.ts";
import { positionOf, tmplGroups } from "./tmpl-groups.ts";

export interface GroupRequest extends Telling {
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
  const copies = await settled(
    groups.map(async (group, index) => {
      if (group.type === "tmpl") return [];
      const tree = await copyGroup(group, copyContext(request, index));
      const lands = ({ targets, system }: Host) =>
        (group.target === undefined || targets.some((target) => target === group.target)) &&
        (group.system === undefined || group.system === system);
      return [
        { part: { from: `install.groups[${index}]`, position: positionOf(request.definition, index), tree }, lands },
      ];
    }),
  );
  const copy = (host: Host) => copies.flat().flatMap(({ part, lands }) => (lands(host) ? [part] : []));
  return { copy, tmpl: await tmplGroups(request) };
}

function copyContext(request: GroupRequest, index: number): CopyContext {
  const { definition, project, source, build } = request;
  const variables: Record<CopyVariable, string> = {
    SRC_DIR: source,
    BUILD_DIR: build,
    DEPLOY_DIR: rootOf(definition.values, project),
    CONFIGURATION_NAME: project,
    INSTANCE_NAME: definition.instance.full,
  };
  const position = positionOf(definition, index);
  const onIdle = (pattern: string) => {
    const message = `install.groups[${index}]: the pattern ${pattern} matches none of its files`;
    const hint = "They land where they would without it. A path begins with $BUILD_DIR$/ or $SRC_DIR$/.";
    tellWarning({ code: "INSTALL_IDLE", message, hint, position }, request);
  };
  return { variables, position, onIdle };
}
