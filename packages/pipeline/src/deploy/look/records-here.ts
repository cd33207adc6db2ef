import fs from "node:fs/promises";
import type { PipelineContext } from "../../context.ts";
import { placesIn, releaseFolder } from "../../release/layout.ts";
import type { RecordReader } from "./records.ts";

/** From what was sealed on this machine: of most hosts it was. */
export function recordsHere(instance: string, context: Pick<PipelineContext, "work">): RecordReader {
  return async ({ place: { project }, probe: { current } }, name) => {
    const { release = "", tree = "" } = current ?? {};
    if (!isId(release) || !isId(tree)) return undefined;
    const places = placesIn(releaseFolder({ instance, project, id: release }, context));
    const files = new Map([
      ["manifest", places.manifest(tree)],
      ["release.json", places.json],
      ["release.json.asc", places.signature],
    ]);
    const file = files.get(name);
    return file === undefined ? undefined : await fs.readFile(file, "utf8").catch(() => undefined);
  };
}

function isId(text: string): boolean {
  return /^[0-9a-f]{64}$/.test(text);
}
