import { type FacsimileError, isFacsimileError, type Run } from "@facsimile/core";
import type { PipelineEvent } from "@facsimile/pipeline";
import type { CommonOptions } from "./program.ts";
import { eventText } from "./text/events.ts";
import type { World } from "./world.ts";

/** Tells events as they come, to stderr, and gives the result. */
export async function follow<Result>(
  run: Run<PipelineEvent, Result>,
  { world }: { world: World; options: CommonOptions },
): Promise<Result> {
  const lines = eventText(world.style);
  for await (const event of run.events) {
    const line = lines(event);
    if (line !== undefined) world.tell(`${line}\n`);
  }
  return run.result;
}

/** One JSON document on stdout; failures keep code, message, hint and place. */
export function printJson(document: object, world: World): void {
  world.print(
    `${JSON.stringify(document, (_key, value: unknown) => (isFacsimileError(value) ? plain(value) : value))}\n`,
  );
}

function plain({ code, message, hint, position }: FacsimileError): object {
  return { code, message, hint, position };
}
