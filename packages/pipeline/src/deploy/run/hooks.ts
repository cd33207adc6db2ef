import { setTimeout as sleep } from "node:timers/promises";
import { FacsimileError } from "@facsimile/core";
import type { HealthCheck, Hook, Host } from "@facsimile/definitions";
import type { HookResult, Lock, Place } from "@facsimile/transport";
import type { Hooks } from "../../release/release.ts";
import { concerns } from "./concerns.ts";
import type { RunContext } from "./host-run.ts";
import { isNotBegun } from "./not-begun.ts";

export interface HookRequest {
  /** As the instance has it, with targets that the project does not have, too. */
  readonly host: Host;
  readonly lock: Lock;
  readonly place: Place;
  /** Release ids. */
  readonly release: string;
  readonly previous: string | undefined;
  /** Whether it is this host that runs a hook with `once`. */
  readonly isFirst: (hook: Hook) => boolean;
  /** Told of each hook that ended well. */
  readonly ran?: (hook: Hook) => void;
  /** Where it is noted, as soon as it begins, that a hook runs which cannot be taken back. Default: nowhere. */
  readonly past?: { irreversible: boolean };
}

/** What of a command may be shown. */
type Shown = Pick<RunContext, "redactor" | "hidesOutput">;

/**
 * Runs a host's hooks one by one; the first failure ends them.
 *
 * @throws `HOOK_FAILED` with the command and the end of its output, secrets taken out of both
 */
export async function runHooks(hooks: readonly Hook[], request: HookRequest, context: Shown): Promise<void> {
  const { past = { irreversible: false } } = request;
  const mine = hooks.filter((hook) => concerns(hook, request.host) && (hook.once !== true || request.isFirst(hook)));
  for (const hook of mine) {
    const before = past.irreversible;
    // Before it has ended: others that fail meanwhile must not go back.
    past.irreversible ||= hook.irreversible === true;
    await runOne(hook, request, context).catch((error: unknown) => {
      if (isNotBegun(error)) past.irreversible = before;
      throw error;
    });
    request.ran?.(hook);
  }
}

async function runOne(
  hook: Hook,
  { lock, place, release, previous, host }: HookRequest,
  context: Shown,
): Promise<void> {
  const run = commandOf(hook.run);
  const result = await lock.runHook(place, { run, release, previous, timeout: hook.timeout });
  if (result.exitCode === 0) return;
  const how = result.timedOut ? `did not end within ${hook.timeout ?? 300} s` : `exited ${result.exitCode}`;
  const what = context.redactor.redact([hook.run].flat().join(" "));
  throw new FacsimileError("HOOK_FAILED", `\`${what}\` ${how} on ${host.name}${lastLines(result, context)}`);
}

/** Asks until every check of the release is well, or its tries are used up. @throws `UNHEALTHY` */
export async function awaitHealth(checks: Hooks["health"], request: HookRequest, context: Shown): Promise<void> {
  for (const check of checks) await awaitOne(check, request, context);
}

async function awaitOne(
  check: HealthCheck,
  { lock, place, release, previous, host }: HookRequest,
  context: Shown,
): Promise<void> {
  const { retries = 10, interval = 1, timeout = 10 } = check;
  const run = check.http === undefined ? commandOf(check.run ?? "true") : fetchCommand(check.http, timeout);
  for (let tries = 1; ; tries++) {
    const result = await lock.runHook(place, { run, release, previous, timeout });
    if (result.exitCode === 0) return;
    if (tries > retries) {
      const what = context.redactor.redact(check.http ?? [check.run].flat().join(" "));
      throw new FacsimileError(
        "UNHEALTHY",
        `${host.name} is not healthy: \`${what}\` failed${tries === 1 ? "" : ` ${tries} times`}${lastLines(result, context)}`,
      );
    }
    await sleep(interval * 1000);
  }
}

/**
 * Whatever of the two the host has; the address reaches neither shell nor options, and is no pattern of addresses (curl's
 * `-g`). BusyBox may be built without `-T`, and Debian's crashes on it: its tries are ended from here alone.
 */
const FETCH = `if command -v curl >/dev/null 2>&1; then exec curl -gfsS -o /dev/null --max-time "$2" -- "$1"
elif wget --version 2>/dev/null | grep -q GNU; then exec wget -q -O /dev/null -t 1 -T "$2" -- "$1"
else exec wget -q -O /dev/null -- "$1"; fi`;

function fetchCommand(url: string, timeout: number): [string, ...string[]] {
  return ["sh", "-c", FETCH, "sh", url, String(timeout)];
}

function commandOf(run: Hook["run"]): string | [string, ...string[]] {
  if (typeof run === "string") return run;
  const [file = "true", ...args] = run;
  return [file, ...args];
}

function lastLines(result: HookResult, { redactor, hidesOutput }: Shown): string {
  if (hidesOutput && result.output !== "") return `\n    ${HIDDEN}`;
  const lines = redactor.redact(wholeLines(result)).trimEnd().split("\n").slice(-8);
  return lines.join("") === "" ? "" : `:\n${lines.map((line) => `    ${line}`).join("\n")}`;
}

const HIDDEN = "(what it printed is not shown: it may hold secrets that the state at hand does not know)";

/** A line whose beginning was cut off may begin within a secret, which nobody would know as one. */
function wholeLines({ output, truncated }: HookResult): string {
  if (!truncated) return output;
  const end = output.indexOf("\n");
  return end === -1 ? "" : output.slice(end + 1);
}
