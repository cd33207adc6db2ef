import { FacsimileError, formatPath, type KeyPath } from "@facsimile/core";
import type { Definition } from "@facsimile/definitions";

/** What a definition asks for and this version does not do: said aloud, as passing it over would be a copy that is not exact. */
export function notYet(definition: Definition): FacsimileError[] {
  const { deploy, files = [] } = definition.values;
  const asked: (KeyPath | false)[] = [files.some(({ group }) => group !== undefined) && ["files"]];
  return asked.flatMap((path) => (path === false ? [] : [problem(path, definition)]));
}

function problem(path: KeyPath, { origin }: Definition): FacsimileError {
  const found = origin(path);
  const what =
    typeof found?.value === "string" ? `: ${JSON.stringify(found.value)}` : path[0] === "files" ? " with a group" : "";
  return new FacsimileError("NOT_YET", `${formatPath(path)}${what} is not in this version yet`, {
    position: found?.position,
    hint: "Take it out of the definition, or wait for a version that has it.",
  });
}
