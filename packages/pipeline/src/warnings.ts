import { formatPosition } from "@facsimile/core";
import type { Definition } from "@facsimile/definitions";
import type { PipelineContext } from "./context.ts";

/**
 * Tells what is odd about the definitions of a copy's projects, once where they share it. A directive that hits nothing
 * in one project may hit in another: it is told when it misses in all.
 */
export function tellWarnings(definitions: readonly Definition[], { onEvent }: Pick<PipelineContext, "onEvent">): void {
  const told = definitions.map(({ warnings }) => new Map(warnings.map((each) => [lineOf(each), each])));
  const all = new Map(told.flatMap((warnings) => [...warnings]));
  for (const [message, { code, hint }] of all) {
    const isEverywhere = told.every((warnings) => warnings.has(message));
    if (code === "DIRECTIVE_IDLE" && !isEverywhere) continue;
    onEvent({ type: "warning", message, ...(hint === undefined ? {} : { hint }) });
  }
}

function lineOf({ code, message, position }: Definition["warnings"][number]): string {
  const text = `${code}: ${message}`;
  return position === undefined ? text : `${formatPosition(position)}: ${text}`;
}
