import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { stripVTControlCharacters } from "node:util";
import { expectOutcome } from "./expect.mjs";
import { prompt } from "./screen.mjs";

const GRACE_MS = 5000;

/**
 * A shell in the demo's world. `type(line)` shows a line and runs just that; its output is shown as it comes. Throws unless
 * the line ended with `status` and said every one of `says`.
 */
export function createShell({ env, shop }, signal) {
  return async function type(line, { status = 0, says = [], cwd = shop } = {}) {
    signal.throwIfAborted();
    prompt(line);
    const seen = await runLine(line, { cwd, env, signal });
    signal.throwIfAborted();
    expectOutcome(line, { status, says, seen });
  };
}

/** Both outputs come through one pipe: what came first is shown first. */
async function runLine(line, { cwd, env, signal }) {
  // A group of its own: a Ctrl-C in the terminal reaches us alone, and we pass it on.
  const options = { cwd, env, stdio: ["ignore", "pipe", "ignore"], detached: true };
  const child = spawn("/bin/sh", ["-c", `exec 2>&1\n${line}`], options);
  const end = () => endGroup(child);
  signal.addEventListener("abort", end, { once: true });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text) => {
    process.stdout.write(text);
    output += stripVTControlCharacters(text);
  });
  const [code] = await ended(child);
  signal.removeEventListener("abort", end);
  return { status: code ?? 128, output };
}

/** At the end of its output, or soon after its own end: what it left running may hold the pipe. */
async function ended(child) {
  const closed = once(child, "close");
  const exited = once(child, "exit");
  await exited;
  await Promise.race([closed, sleep(1000, undefined, { ref: false })]);
  return await exited;
}

/** Politely, so that it can tidy up; then not. */
function endGroup(child) {
  kill(-child.pid, "SIGTERM");
  setTimeout(() => kill(-child.pid, "SIGKILL"), GRACE_MS).unref();
}

function kill(pid, signal) {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended by itself.
  }
}
