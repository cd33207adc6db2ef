import { setMaxListeners } from "node:events";
import os from "node:os";
import path from "node:path";
import { createExec, type Environment, Redactor } from "@facsimile/core";
import type { PipelineWorld } from "@facsimile/pipeline";
import { askerOf } from "./ask.ts";
import { EXIT } from "./exit.ts";
import { guarded, type Output } from "./output.ts";
import { createStyle, type Style } from "./text/style.ts";

/** The part of `process` that the CLI uses; a test may hand in another. */
export interface Process {
  readonly argv: readonly string[];
  readonly env: Environment;
  /** Of Node, without a `v`. */
  readonly versions: { readonly node: string };
  readonly stdin: Input;
  readonly stdout: Output;
  readonly stderr: Output;
  cwd(): string;
  on(signal: "SIGINT" | "SIGTERM", listener: () => void): unknown;
  exit(status: number): never;
}

/** `setRawMode`: of a terminal. */
export type Input = NodeJS.ReadableStream & {
  readonly isTTY?: boolean | undefined;
  setRawMode?(raw: boolean): unknown;
};

/** What every command is handed. */
export interface World {
  readonly env: Environment;
  readonly cwd: string;
  /** The version of Node. */
  readonly node: string;
  readonly configDir: string;
  /** Of what is printed: of stdout. */
  readonly style: Style;
  /** Of what is told: of stderr. */
  readonly tellStyle: Style;
  /** Of the terminal that stdout is, in characters; undefined off a terminal. */
  readonly width: number | undefined;
  /** The same of stderr, where progress is drawn. */
  readonly tellWidth: number | undefined;
  /** Progress goes to a terminal that can draw over what it shows. */
  readonly live: boolean;
  readonly redactor: Redactor;
  readonly signal: AbortSignal;
  /** Told where a second signal ends the process at once. */
  readonly parting: { text?: string | undefined };
  /** Data, to stdout. */
  readonly print: (text: string) => void;
  /** Data that may hold secrets because the user asked for them. */
  readonly printRaw: (text: string) => void;
  /** Progress and problems, to stderr. */
  readonly tell: (text: string) => void;
  /** Why not all data could be written to stdout. */
  readonly outputProblem: () => Promise<Error | undefined>;
  /** Aborted once nobody reads stdout any more. Work that only prints may end then. */
  readonly outputClosed: AbortSignal;
  /** Data that comes in. */
  readonly stdin: Input;
  /** Puts a question on stderr and gives the line that was typed; undefined off a terminal. The end of input is an empty one. */
  readonly ask: ((question: string) => Promise<string>) | undefined;
}

/** The world as this process has it; a first SIGINT or SIGTERM asks the work to stop. */
export async function createWorld(process: Process): Promise<World> {
  const { env } = process;
  const redactor = new Redactor();
  const [stdout, stderr] = [guarded(process.stdout), guarded(process.stderr)];
  const stop = new AbortController();
  setMaxListeners(0, stop.signal); // One for each host and child: no leak, whatever Node's default guesses.
  const parting: World["parting"] = {};
  const end = () => {
    stderr.write(redactor.redact(parting.text ?? ""));
    return process.exit(EXIT.interrupted);
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    // The first asks, the second ends: locks then free themselves when their lease runs out.
    process.on(signal, () => (stop.signal.aborted ? end() : stop.abort(interrupted(signal))));
  }
  return {
    env,
    cwd: process.cwd(),
    node: process.versions.node,
    configDir: configDirOf(env),
    style: await createStyle({ colour: isColoured(process.stdout, env), unicode: isUnicode(env) }),
    tellStyle: await createStyle({ colour: isColoured(process.stderr, env), unicode: isUnicode(env) }),
    width: process.stdout.columns,
    tellWidth: process.stderr.columns,
    live: process.stderr.isTTY === true && env["TERM"] !== undefined && env["TERM"] !== "dumb",
    redactor,
    signal: stop.signal,
    parting,
    print: (text) => stdout.write(redactor.redact(text)),
    printRaw: stdout.write,
    tell: (text) => stderr.write(redactor.redact(text)),
    outputProblem: stdout.problem,
    outputClosed: stdout.closed,
    // Later, because the first look at process.stdin takes time that most commands need not spend.
    get stdin() {
      return process.stdin;
    },
    get ask() {
      return askerOf(process, { redactor, signal: stop.signal });
    },
  };
}

/** Where the folders of a conglomerate lie. */
export type Folders = Pick<PipelineWorld, "root" | "own" | "work">;

/** What the pipeline needs, from the CLI's world. */
export function pipelineWorld(world: World, { root, own, work }: Folders): PipelineWorld {
  const { env, configDir, redactor, signal } = world;
  const owner = `${env["USER"] ?? os.userInfo().username}@${os.hostname()}`;
  const sshConfig = env["FACS_SSH_CONFIG"] || undefined;
  const tools = { exec: createExec(env), now: () => new Date(), owner, redactor, signal, sshConfig };
  return { root, own, work, configDir, env, ...tools };
}

function configDirOf(env: Environment): string {
  if (env["FACS_CONFIG_DIR"]) return env["FACS_CONFIG_DIR"];
  const home = env["HOME"] || os.userInfo().homedir; // An empty one would mean the current folder.
  return path.join(env["XDG_CONFIG_HOME"] || path.join(home, ".config"), "facsimile");
}

// https://no-color.org, and FORCE_COLOR as most tools know it.
function isColoured({ isTTY }: Output, env: Environment): boolean {
  if (env["NO_COLOR"]) return false;
  if (!["", "0", undefined].includes(env["FORCE_COLOR"])) return true;
  return isTTY === true && env["TERM"] !== "dumb";
}

// Unset means a terminal of today; an explicit other character set gets ASCII.
function isUnicode(env: Environment): boolean {
  const locale = env["LC_ALL"] || env["LC_CTYPE"] || env["LANG"] || "";
  return locale === "" || /utf-?8/i.test(locale) || locale.startsWith("C.");
}

function interrupted(signal: string): Error {
  return Object.assign(new Error(`stopped by ${signal}`), { name: "AbortError" });
}
