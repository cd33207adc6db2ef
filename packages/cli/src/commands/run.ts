import { FacsimileError } from "@facsimile/core";
import type { CommandEvent, CommandReport, HostFilter } from "@facsimile/pipeline";
import { EXIT, unaskedStatus } from "../exit.ts";
import { printJson } from "../follow.ts";
import type { Invocation } from "../invocation.ts";
import { openWorld } from "../open-world.ts";
import { hostFilterOf } from "../options.ts";
import { eventText } from "../text/events.ts";
import { commandText, isWell, saidText } from "../text/run.ts";
import type { World } from "../world.ts";

export interface RunOptions extends HostFilter {
  readonly timeout?: string;
  readonly yes?: true;
}

export interface RunInvocation extends Invocation<RunOptions> {
  readonly instance: string;
  readonly words: readonly string[];
}

/** Runs a command on hosts. Their output is ours, line by line; exit 0 when it ended with 0 on all, 5 for another key of a host, else 1. */
export async function runCommand({ instance, words, options, world, run }: RunInvocation): Promise<void> {
  const timeout = options.timeout === undefined ? undefined : secondsOf(options.timeout);
  const pipeline = await openWorld(world, { options, run });
  const { startCommand } = await import("@facsimile/pipeline");
  const request = { instance, words, timeout, yes: options.yes, filter: hostFilterOf(options) };
  // As `… | head`: what nobody reads is not worth running on.
  const signal = AbortSignal.any([world.signal, world.outputClosed]);
  const { events, result } = startCommand(request, { ...pipeline, signal });
  const tell = options.json ? jsonTeller(world) : textTeller(world, instance);
  for await (const event of events) tell(event);
  const report = await result;
  if (options.json) printJson(report, world);
  else if (!world.outputClosed.aborted) world.tell(commandText(report, world.tellStyle));
  run.status = world.signal.aborted ? EXIT.interrupted : statusOf(report);
}

function secondsOf(text: string): number {
  const seconds = Number(text);
  if (/^\d{1,6}(\.\d+)?$/.test(text) && seconds > 0) return seconds;
  throw new FacsimileError("USAGE", `--timeout ${text} is no number of seconds`, { hint: "--timeout 30" });
}

/** What hosts say on stdout goes to ours, the rest to stderr. */
function textTeller(world: World, instance: string): (event: CommandEvent) => void {
  const progress = eventText(world.tellStyle, instance);
  let width = 0;
  return (event) => {
    if (event.type === "hosts") width = Math.max(...event.hosts.map((host) => host.length));
    else if (event.type === "output") {
      if (event.stream === "stdout") world.print(saidText({ ...event, width }, world.style));
      else world.tell(saidText({ ...event, width }, world.tellStyle));
    } else {
      const line = progress(event);
      if (line !== undefined) world.tell(`${line}\n`);
    }
  };
}

/** A document for each line. */
function jsonTeller(world: World): (event: CommandEvent) => void {
  return (event) => {
    if (event.type !== "output") return;
    const { host, stream, lines } = event;
    for (const line of lines) printJson({ schema: "command-output/1", host, stream, line }, world);
  };
}

function statusOf({ hosts }: CommandReport): number {
  return hosts.every((host) => host.down !== undefined || isWell(host)) ? EXIT.done : unaskedStatus(hosts);
}
