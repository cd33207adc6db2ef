import type { HostFilter, LockedHome, LocksReport } from "@facsimile/pipeline";
import { confirm } from "../confirm.ts";
import { askedStatus, EXIT, unaskedStatus, unlessStopped } from "../exit.ts";
import { printJson } from "../follow.ts";
import type { Invocation } from "../invocation.ts";
import { hostFilterOf, hostFilterText } from "../options.ts";
import { homesText, locksText, releasedText } from "../text/locks.ts";
import { count } from "../text/style.ts";
import { contextOf } from "./state.ts";

export interface LockInvocation extends Invocation<HostFilter & { readonly yes?: true }> {
  readonly instance: string;
}

/** Who has the lock of each host. Exit 1 when one could not be asked. */
export async function lockStatusCommand(invocation: LockInvocation): Promise<void> {
  const { instance, options, world, run } = invocation;
  const { readLocks } = await import("@facsimile/pipeline");
  const report = await readLocks({ instance, filter: hostFilterOf(options) }, await contextOf(invocation));
  run.status = askedStatus(report.hosts, world.signal);
  if (options.json) printJson(report, world);
  else world.print(locksText(report, world.style, hostFilterText(options)));
}

/** Frees locks; asks before one is taken from a run that may still be at work. */
export async function lockReleaseCommand(invocation: LockInvocation): Promise<void> {
  const { instance, options, world, run } = invocation;
  const { releaseLocks } = await import("@facsimile/pipeline");
  const request = { instance, filter: hostFilterOf(options), confirm: asker(invocation) };
  const report = await releaseLocks(request, await contextOf(invocation));
  run.status = unlessStopped(statusOf(report), { hosts: report.hosts, signal: world.signal });
  if (options.json) return printJson(report, world);
  const done = report.hosts.filter(({ outcome, problem, down }) => outcome !== undefined || problem !== undefined || down !== undefined); // biome-ignore format: one line
  for (const line of homesText(done, world.style)) world.print(`${line}\n`);
  world.print(releasedText(report));
}

function asker({ instance, options, world }: LockInvocation) {
  return async (live: readonly LockedHome[], freed: readonly LockedHome[]): Promise<boolean> => {
    if (!options.json) world.tell(`${homesText(live, world.tellStyle).join("\n")}\n`);
    const [it, runs] = live.length === 1 ? ["it", "The run that has it"] : ["them", "Each run that has one"];
    const question = `${runs} may be at work, and stops with LOCK_LOST at its next step on that host. Free ${it}?`;
    const command = `facs lock release ${instance}${hostFilterText(options)}`;
    const changed = freed.length === 0 ? undefined : `${count(freed.length, "lock")} whose time was over: freed.`;
    const ask = options.json ? undefined : world.ask;
    return await confirm({ question, yes: options.yes === true, command, changed }, { ask });
  };
}

function statusOf({ hosts }: LocksReport): number {
  if (unaskedStatus(hosts) === EXIT.integrity) return EXIT.integrity;
  if (hosts.some(({ outcome }) => outcome === "changed")) return EXIT.conflict;
  const isLeft = ({ outcome, problem }: LockedHome) => outcome === "kept" || problem !== undefined;
  return hosts.some(isLeft) ? EXIT.failed : EXIT.done;
}
