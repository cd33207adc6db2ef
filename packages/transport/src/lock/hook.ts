import type { Hook, HookResult } from "../lock-types.ts";
import { Records } from "../look/listing.ts";
import { checkDir } from "../look/place.ts";
import type { Changer } from "../stage/changer.ts";
import type { Place } from "../types.ts";

/** Of the output, what the agent sends. */
const OUTPUT_BYTES = 65_536;
/** As timeout(1) has it. */
export const TIMED_OUT = 124;
/** As a shell tells a program that was killed. */
const KILLED = 137;

export async function runHook(
  changer: Changer,
  { place, ...hook }: Hook & { readonly place: Place },
): Promise<HookResult> {
  const { run, release, previous = "", dir = "", timeout = 300, signal } = hook;
  signal?.throwIfAborted();
  if (dir !== "") checkDir(dir);
  const words = typeof run === "string" ? ["sh", "-eu", "-c", run] : run;
  const started = await changer.ask("hook", { place, args: [dir, place.instance, release, previous, ...words] });
  const job = { changer, place, process: started.toString() };
  const clock = startClock(timeout);
  try {
    // Each look takes a second at most: meanwhile the lock can be renewed.
    for (;;) {
      const ended = await look(job);
      if (ended !== undefined) return ended;
      if (clock.isOver || signal?.aborted) break;
    }
  } catch (error) {
    // The session was aborted; what runs on the host is not to outlive it.
    await stop(job).catch(() => undefined);
    throw error;
  } finally {
    clock.stop();
  }
  const stopped = await stop(job);
  signal?.throwIfAborted();
  return stopped;
}

interface Job {
  readonly changer: Changer;
  readonly place: Place;
  readonly process: string;
}

async function look({ changer, place, process }: Job): Promise<HookResult | undefined> {
  const records = new Records(await changer.host.ask({ op: "await", args: [...changer.args(place), process] }));
  if (records.done) return undefined;
  const status = records.next();
  return resultOf(records, { exitCode: /^\d+$/.test(status) ? Number(status) : KILLED, timedOut: false });
}

async function stop({ changer, place, process }: Job): Promise<HookResult> {
  const records = new Records(
    await changer.host.ask({ op: "end", args: [...changer.args(place), process], always: true }),
  );
  return resultOf(records, { exitCode: TIMED_OUT, timedOut: true });
}

function resultOf(records: Records, end: Pick<HookResult, "exitCode" | "timedOut">): HookResult {
  const size = Number(records.next());
  return { ...end, output: records.rest().toString(), truncated: size > OUTPUT_BYTES };
}

export function startClock(seconds: number): { readonly isOver: boolean; stop(): void } {
  let isOver = false;
  const timer = setTimeout(() => (isOver = true), seconds * 1000);
  return {
    get isOver() {
      return isOver;
    },
    stop: () => clearTimeout(timer),
  };
}
