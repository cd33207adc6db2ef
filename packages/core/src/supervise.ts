import { spawn } from "node:child_process";
import type { ExecOptions, ExecResult } from "./execution.ts";

/** Seconds that a child has to end by itself once it was asked to. */
const GRACE = 2;

/**
 * Runs a program as the leader of its own process group, which ends with it: also when it is stopped, when its time is up,
 * and when this process dies, however it dies. What it writes goes to `onOutput` as it comes, stdout and stderr in one.
 */
export function supervise(
  file: string,
  args: readonly string[],
  { env, cwd, signal, timeout, onOutput }: ExecOptions & { readonly env: Record<string, string> },
): Promise<ExecResult> {
  signal?.throwIfAborted();
  const child = spawn("sh", ["-c", WATCHED, "sh", file, ...args], {
    env,
    detached: true,
    stdio: ["pipe", "pipe", "ignore"],
    ...(cwd === undefined ? {} : { cwd }),
  });
  const { stdin, stdout } = child;
  let [timedOut, grace] = [false, undefined as NodeJS.Timeout | undefined];
  const end = () => {
    stdin.write("TERM\n");
    grace = setTimeout(() => stdin.end(), GRACE * 1000);
  };
  const late = () => {
    timedOut = true;
    end();
  };
  const clock = timeout === undefined ? undefined : setTimeout(late, timeout * 1000);
  signal?.addEventListener("abort", end, { once: true });
  stdin.on("error", () => undefined); // The watcher is gone: so is the group.
  stdout.on("data", (chunk: Buffer) => onOutput?.(chunk));
  child.once("exit", () => stdin.end());
  return new Promise<ExecResult>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      if (signal?.aborted) reject(signal.reason);
      else resolve({ exitCode: timedOut ? 128 : (code ?? 128), stdout: Buffer.alloc(0), stderr: "", timedOut });
    });
  }).finally(() => {
    for (const timer of [clock, grace]) clearTimeout(timer);
    signal?.removeEventListener("abort", end);
  });
}

// A watcher in the group reads signals to pass on; the end of what it reads is the end of the group, itself included.
const WATCHED = `
exec 3<&0 </dev/null 2>&1
(
  trap '' TERM INT HUP
  while read -r signal; do kill -s "$signal" -- "-$$"; done <&3
  kill -s KILL -- "-$$"
) >/dev/null 2>&1 &
exec "$@" 3<&-`;
