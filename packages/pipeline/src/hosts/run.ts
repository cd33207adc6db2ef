import { FacsimileError } from "@facsimile/core";
import type { Definition, Host } from "@facsimile/definitions";
import { fanOut, type Outcome, type RunOutput, type RunResult } from "@facsimile/transport";
import type { PipelineContext } from "../context.ts";
import { connectTo, problemOf } from "../deploy/look/hosts.ts";
import type { PipelineEvent } from "../events.ts";
import { assertSomeUp, hostWords } from "../instance/chosen-hosts.ts";
import type { WantedHosts } from "../instance/wanted-hosts.ts";
import { type ChosenRequest, chosenHosts } from "./chosen.ts";
import { Lines } from "./lines.ts";

export interface CommandRequest extends ChosenRequest {
  /** One word is a line for `sh -c`; several are a command and its arguments, which no shell looks at. */
  readonly words: readonly string[];
  /** Seconds that it may take on a host. Default: no limit. */
  readonly timeout?: number | undefined;
  /** Confirms what a protected instance asks for. Default `false`. */
  readonly yes?: boolean | undefined;
}

/** What commands on hosts report while they run. */
export type CommandEvent =
  | PipelineEvent
  | { readonly type: "hosts"; readonly hosts: readonly string[] }
  | {
      readonly type: "output";
      readonly host: string;
      readonly stream: RunOutput["stream"];
      /** Whole, without their ends. */
      readonly lines: readonly string[];
    };

export interface CommandReport {
  readonly schema: "command/1";
  readonly instance: string;
  readonly words: readonly string[];
  readonly hosts: readonly CommandHost[];
}

export interface CommandHost extends Partial<RunResult> {
  readonly host: string;
  readonly region: string | undefined;
  /** Why its exit status is not known. */
  readonly problem?: FacsimileError | undefined;
  /** Declared down: why. It was not asked. */
  readonly down?: string | undefined;
}

export type CommandContext = Omit<PipelineContext, "onEvent"> & { readonly onEvent: (event: CommandEvent) => void };

/**
 * Runs a command on every chosen host, several at a time. It needs neither a lock nor anything deployed.
 *
 * @throws `USAGE`, `CONFIRMATION_NEEDED`, `NO_HOSTS` and what {@link chosenHosts} throws, before any host is asked
 */
export async function runOnHosts(request: CommandRequest, context: CommandContext): Promise<CommandReport> {
  const { definition, hosts, down } = await chosenHosts(request, context);
  assertAllowed(request, { definition, hosts, down });
  context.onEvent({ type: "hosts", hosts: hosts.map(({ name }) => name) });
  const limit = definition.values.deploy.parallel;
  const work = (host: Host) => runOn(host, { ...request, definition, context });
  const outcomes = await fanOut(hosts, { limit, signal: context.signal, work });
  const left = down.map((host) => ({ host: host.name, region: host.region, down: String(host.down) }));
  const { full } = definition.instance;
  return { schema: "command/1", instance: full, words: request.words, hosts: [...outcomes.map(endOf), ...left] };
}

function assertAllowed(
  { words, yes = false, filter = {} }: CommandRequest,
  { definition, hosts, down }: WantedHosts & { definition: Definition },
): void {
  const { values, instance } = definition;
  if (words.every((word) => word.trim() === ""))
    throw new FacsimileError("USAGE", "no command is named", { hint: `facs run ${instance.full} -- uptime` });
  assertSomeUp({ hosts, down }, instance.full);
  if (values.protected !== true || yes) return;
  throw new FacsimileError("CONFIRMATION_NEEDED", `${instance.full} is protected`, {
    hint: `If it is right, add --yes: facs run ${instance.full}${hostWords(filter)} --yes -- ...`,
  });
}

interface Running extends CommandRequest {
  readonly definition: Definition;
  readonly context: CommandContext;
}

async function runOn(host: Host, { words, timeout, definition, context }: Running): Promise<RunResult> {
  const session = await connectTo(host, definition, context);
  const lines = { stdout: new Lines(), stderr: new Lines() };
  const tell = (stream: RunOutput["stream"], whole: readonly string[]) => {
    if (whole.length > 0) context.onEvent({ type: "output", host: host.name, stream, lines: whole });
  };
  try {
    const { home } = definition.view(host);
    const onOutput = ({ stream, bytes }: RunOutput) => tell(stream, lines[stream].push(bytes));
    return await session.run({ run: commandOf(words), instance: definition.instance.full, home, timeout, onOutput });
  } finally {
    tell("stdout", lines.stdout.end());
    tell("stderr", lines.stderr.end());
    await session.close();
  }
}

function commandOf([first = "", ...more]: readonly string[]): string | readonly [string, ...string[]] {
  return more.length === 0 ? first : [first, ...more];
}

function endOf(outcome: Outcome<Host, RunResult>): CommandHost {
  const { name, region } = outcome.item;
  if (outcome.status === "done") return { host: name, region, ...outcome.value };
  const error = outcome.status === "failed" ? outcome.error : undefined;
  return { host: name, region, problem: problemOf(error, outcome.item) };
}
