import { formatPosition } from "@facsimile/core";
import type { Definition, Warning } from "@facsimile/definitions";
import type { PipelineContext } from "../context.ts";
import type { OpenedState } from "../secrets/open.ts";
import { wishOf } from "./scope-users.ts";

/**
 * Tells what is odd about the definitions of a copy's projects, once where they share it. A directive that hits nothing
 * in one project may hit in another: it is told when it misses in all.
 */
export function tellWarnings(definitions: readonly Definition[], context: Telling): void {
  const told = definitions.map(({ warnings }) => new Map(warnings.map((each) => [lineOf(each), each])));
  const all = new Map(told.flatMap((warnings) => [...warnings]));
  for (const [line, warning] of all) {
    const isEverywhere = told.every((warnings) => warnings.has(line));
    if (warning.code === "DIRECTIVE_IDLE" && !isEverywhere) continue;
    tellWarning(warning, context);
  }
}

/** Tells what is odd, with its place. */
export function tellWarning(warning: Warning, { onEvent }: Telling): void {
  const { hint } = warning;
  onEvent({ type: "warning", message: lineOf(warning), ...(hint === undefined ? {} : { hint }) });
}

export type Telling = Pick<PipelineContext, "onEvent">;

/** Tells, when values are made, that one key alone opens, or will open, what hosts depend on. */
export function tellSingleRecipient(
  {
    definition,
    state,
    plan,
  }: Pick<OpenedState, "plan"> & {
    readonly definition: Pick<Definition, "local" | "values">;
    readonly state: Pick<OpenedState["state"], "file" | "recipients" | "scope" | "serial">;
  },
  { onEvent }: Telling,
): void {
  const isNew = state.serial === 0;
  const readers = isNew ? (wishOf(definition)?.length ?? 1) : state.recipients.length;
  if (definition.local || readers > 1 || plan.empty) return;
  const message = `one key alone ${isNew ? "will open" : "opens"} ${state.file}: if it is lost, so is every value`;
  const add = `facs recipients add FILE.asc --scope ${state.scope}`;
  const hint = isNew
    ? `Before it is made, name your key and another from keys/ in the definition: state.recipients. Afterwards: ${add}`
    : `Add somebody: ${add}`;
  onEvent({ type: "warning", message, hint });
}

function lineOf({ code, message, position }: Warning): string {
  const text = `${code}: ${message}`;
  return position === undefined ? text : `${formatPosition(position)}: ${text}`;
}
