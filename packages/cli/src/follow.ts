import { type FacsimileError, isFacsimileError, type Run } from "@facsimile/core";
import type { PipelineEvent } from "@facsimile/pipeline";
import type { RunState } from "./invocation.ts";
import { liveBlock } from "./live-block.ts";
import { type StopWords, watchStop } from "./stopping.ts";
import { withInstance } from "./text/advice.ts";
import { eventText } from "./text/events.ts";
import { progress } from "./text/progress.ts";
import type { World } from "./world.ts";

export interface Following {
  readonly world: World;
  readonly run: RunState;
  /** See {@link StopWords}. Default: the same command again. */
  readonly again?: StopWords["again"];
}

/** Tells events as they come, to stderr, and gives the result. */
export async function follow<Result>(run: Run<PipelineEvent, Result>, following: Following): Promise<Result> {
  const { world, run: { instance }, again = () => "the same command" } = following; // biome-ignore format: one line
  const text = eventText(world.tellStyle, instance);
  if (world.live) return await followLive(run, { world, text, again });
  const stopping = watchStop(world, { tell: (line) => world.tell(`${line}\n`), again });
  try {
    for await (const event of run.events) {
      stopping.note(event);
      const line = text(event);
      if (line !== undefined) world.tell(`${line}\n`);
    }
    return await run.result;
  } finally {
    stopping.end();
  }
}

/** On a terminal: the same lines, but what only counts hosts is a block that is drawn anew. */
async function followLive<Result>(
  run: Run<PipelineEvent, Result>,
  { world, text, again }: { world: World; text: ReturnType<typeof eventText> } & Pick<StopWords, "again">,
): Promise<Result> {
  const began = Date.now();
  const { note, lines } = progress(world.tellStyle);
  const block = liveBlock({ tell: world.tell, lines: () => lines((Date.now() - began) / 1000), width: world.tellWidth || 80 }); // biome-ignore format: one line
  const stopping = watchStop(world, { tell: block.draw, again });
  const timer = setInterval(() => block.draw(), 1000).unref();
  try {
    for await (const event of run.events) {
      note(event);
      stopping.note(event);
      const line = text(event);
      block.draw(isCounted(event) ? undefined : line);
    }
    return await run.result;
  } finally {
    clearInterval(timer);
    stopping.end();
    block.end();
  }
}

/** The block has it. */
function isCounted(event: PipelineEvent): boolean {
  if (event.type === "host") return event.phase !== "failed" && event.phase !== "unreachable";
  return ["run", "wave", "soak"].includes(event.type);
}

/**
 * One JSON document on stdout; failures keep code, message, hint and place. Secrets are looked for in its texts alone: a number or a
 * key may read as one by chance, and must stay what it is.
 */
export function printJson(document: object, world: World): void {
  const instance = "instance" in document && typeof document.instance === "string" ? document.instance : undefined;
  world.printRaw(`${JSON.stringify(document, replacer)}\n`);

  function replacer(this: { readonly host?: unknown }, _key: string, value: unknown): unknown {
    if (typeof value === "string") return world.redactor.redact(value);
    return isFacsimileError(value) ? plain(value, { instance, host: this.host }) : value;
  }
}

function plain(
  { code, message, hint, position }: FacsimileError,
  { instance, host }: { readonly instance: string | undefined; readonly host: unknown },
): object {
  if (hint === undefined || instance === undefined) return { code, message, hint, position };
  return { code, message, hint: withInstance(hint, instance, typeof host === "string" ? [host] : []), position };
}
