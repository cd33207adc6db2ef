import os from "node:os";
import { createExec, type Environment, type Redactor } from "@facsimile/core";
import type { PipelineWorld } from "@facsimile/pipeline";
import type { Output } from "./output.ts";
import type { Style } from "./text/style.ts";

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
