import type { ReadableStreamDefaultController } from "node:stream/web";

/** Work under way: watch `events` if you like, await `result` always. */
export interface Run<Event, Result> {
  /** Ends when the work does, and never throws; `result` tells how it ended. Leaving the loop does not stop the work. */
  readonly events: AsyncIterable<Event>;
  readonly result: Promise<Result>;
}

/** Told what happens while work goes on. */
export type OnEvent<Event> = (event: Event) => void;

/** Starts `work` and hands out what it reports. */
export function startRun<Event, Result>(work: (emit: OnEvent<Event>) => Promise<Result>): Run<Event, Result> {
  let controller!: ReadableStreamDefaultController<Event>;
  let watched = true;
  // The global one: Node loads it when it is used for the first time.
  const events = new ReadableStream<Event>({
    start: (c) => void (controller = c),
    cancel: () => void (watched = false),
  });
  const result = work((event) => watched && controller.enqueue(event));
  const close = () => watched && controller.close();
  result.then(close, close);
  return { events, result };
}
