import { FacsimileError } from "@facsimile/core";
import type { Definition } from "@facsimile/definitions";

/** What a definition asks for and this version does not do: said aloud, as passing it over would be a copy that is not exact. */
export function notYet({ values: { files = [] }, origin }: Definition): FacsimileError[] {
  if (files.every(({ group }) => group === undefined)) return [];
  return [
    new FacsimileError("NOT_YET", "files with a group is not in this version yet", {
      position: origin(["files"])?.position,
      hint: "Take it out of the definition, or wait for a version that has it.",
    }),
  ];
}
