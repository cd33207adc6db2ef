import { StopError } from "../lib/run.mjs";

// 128 and the signal's number, as shells have it.
const STATUS = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 };

/** Aborted by Ctrl-C and its like; the process then ends with the status of the signal, once it has tidied up. */
export function onSignal() {
  const stop = new AbortController();
  for (const [signal, status] of Object.entries(STATUS)) {
    process.on(signal, () => {
      if (!stop.signal.aborted) process.once("exit", () => (process.exitCode = status));
      stop.abort(new StopError(`stopped by ${signal}; nothing is left of it`));
    });
  }
  // As in `npm run demo | head`.
  process.stdout.on("error", () => stop.abort(new StopError("nobody reads its output; nothing is left of it")));
  return stop.signal;
}
