import { didYouMean, RESERVED_NAMES } from "@facsimile/core";
import { layersOf } from "./chain.ts";
import { type Conglomerate, defineRoot, filesOf, instanceNames, isInRepo } from "./conglomerate.ts";
import { filesIn, type InstanceChain } from "./instance-chain.ts";
import { projectsIn } from "./projects.ts";
import type { Warning } from "./types.ts";

/** Files of definitions that no chain reads, and instances that are nearly called like a project. */
export function unusedLayers(
  conglomerate: Conglomerate,
  subjects: readonly { readonly chain: InstanceChain }[],
): readonly Warning[] {
  const read = new Set(subjects.flatMap(({ chain }) => filesIn(chain)));
  const files = isInRepo(conglomerate) ? [] : filesOf(conglomerate).below(conglomerate.define);
  const unused = files.filter((file) => !read.has(file) && !isSchema(file));
  return [
    ...unused.map((file) => ({
      code: "LAYER_UNUSED",
      message: "no project, no instance and no extends reads this file",
      hint: isReserved(file) ? "The name is reserved: call the instance otherwise." : "Take it out, or extend it.",
      position: { file, line: 1, column: 1 },
    })),
    ...misnamed(conglomerate, read),
  ];
}

function isSchema(file: string): boolean {
  return /\/schema\.[^./]+$/.test(file);
}

function isReserved(file: string): boolean {
  const name = file.split("/").at(-1)?.split(".")[0] ?? "";
  return RESERVED_NAMES.some((reserved) => reserved === name);
}

/** `define/storefrnt.json5` is an instance nobody meant. */
function misnamed(conglomerate: Conglomerate, read: ReadonlySet<string>): readonly Warning[] {
  const define = defineRoot(conglomerate);
  const projects = Object.keys(projectsIn(layersOf(define, {})));
  return instanceNames(define.names(), new Set(projects)).flatMap(({ full }) => {
    const layer = read.has(define.shown(full)) ? define.layer(full) : undefined;
    const near = didYouMean(full, projects);
    const own = Object.keys(layer?.body ?? {});
    if (layer === undefined || near === undefined || own.includes("deploy") || own.includes("versions")) return [];
    const message = `this is read as the instance ${full}, and there is a project ${near}`;
    const hint = `Is it meant for the project? Then call it ${near}.`;
    return [{ code: "NAME_SIMILAR", message, hint, position: layer.source.locate(layer.at) }];
  });
}
