import type { Host } from "./host.ts";
import { startClock, TIMED_OUT } from "./lock/hook.ts";
import { Records } from "./look/listing.ts";
import type { RunRequest, RunResult } from "./run-types.ts";

/** Runs a command to its end; when the session is aborted, so is the command. */
export async function runCommand(host: Host, request: RunRequest): Promise<RunResult> {
  const { run, instance, home = "", timeout, onOutput } = request;
  const words = typeof run === "string" ? ["sh", "-c", run] : run;
  const first = new Records(await host.ask({ op: "run", args: [home, instance, ...words] }));
  const job = { host, folder: first.next(), onOutput };
  const clock = timeout === undefined ? undefined : startClock(timeout);
  try {
    let [exitCode, timedOut] = [told(first, job), false];
    while (exitCode === undefined) {
      const isOver = !timedOut && clock?.isOver === true;
      timedOut ||= isOver;
      exitCode = told(new Records(await (isOver ? halt(job) : look(job))), job);
    }
    return { exitCode: timedOut ? TIMED_OUT : exitCode, timedOut };
  } catch (error) {
    // The session was aborted; what runs on the host is not to outlive it.
    await halt(job).catch(() => undefined);
    throw error;
  } finally {
    clock?.stop();
  }
}

interface Job extends Pick<RunRequest, "onOutput"> {
  readonly host: Host;
  /** Where the host keeps what is not told yet. */
  readonly folder: string;
}

/** Hands out what the host tells. @returns The exit status, once all is told */
function told(records: Records, { onOutput }: Job): number | undefined {
  const [status, out, err] = [records.next(), Number(records.next()), Number(records.next())];
  const bytes = records.rest();
  if (out > 0) onOutput({ stream: "stdout", bytes: bytes.subarray(0, out) });
  if (err > 0) onOutput({ stream: "stderr", bytes: bytes.subarray(out) });
  return status === "" ? undefined : Number(status);
}

function look({ host, folder }: Job): Promise<Buffer> {
  return host.ask({ op: "look", args: [folder] });
}

function halt({ host, folder }: Job): Promise<Buffer> {
  return host.ask({ op: "halt", args: [folder], always: true });
}
