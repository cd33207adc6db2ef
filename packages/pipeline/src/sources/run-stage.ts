import fs from "node:fs";
import path from "node:path";
import { FacsimileError } from "@facsimile/core";
import type { PipelineContext } from "../context.ts";
import type { Command, OwnStage } from "./stages.ts";

export interface StageRun {
  readonly project: string;
  readonly stage: OwnStage;
  /** Where commands run, absolute. */
  readonly folder: string;
  readonly log: string;
  /** What every command sees, on top of the stage's own. */
  readonly env: Readonly<Record<string, string>>;
}

/**
 * Runs the commands of a stage one after the other; what they write is in the log at once, without secrets.
 *
 * @throws `BUILD_FAILED` with the end of the output
 */
export async function runStage(run: StageRun, context: PipelineContext): Promise<void> {
  const log = fs.openSync(run.log, "a");
  try {
    for (const command of run.stage.run) await runCommand(command, run, { ...context, log });
  } finally {
    fs.closeSync(log);
  }
}

async function runCommand(
  command: Command,
  { project, stage, folder, log: file, env }: StageRun,
  { exec, signal, redactor, root, log }: PipelineContext & { readonly log: number },
): Promise<void> {
  const [program = "", ...args] = typeof command === "string" ? ["sh", "-euc", command] : command;
  const shown = redactor.redact(typeof command === "string" ? command : command.join(" "));
  const output = redactedLines((text) => redactor.redact(text), (text) => fs.writeSync(log, text)); // biome-ignore format: one line
  fs.writeSync(log, `$ ${shown}\n`);
  const all = { ...stage.env, ...env };
  const done = exec(program, args, { cwd: folder, env: all, signal, timeout: stage.timeout, onOutput: output.add });
  const { exitCode, timedOut } = await done.finally(output.end);
  if (exitCode === 0) return;
  const how = timedOut ? `did not end within ${stage.timeout} seconds` : `exited ${exitCode}`;
  throw new FacsimileError("BUILD_FAILED", `${project}: \`${shown}\` ${how}\n${output.last()}`.trimEnd(), {
    position: stage.position,
    hint: `The whole log: ${path.relative(root, file)}`,
  });
}

/** Lines that an error shows, and characters. */
const LAST = { lines: 15, characters: 4000 };
/** A line that is longer is written in pieces. */
const MAX_LINE = 65_536;

/** Whole lines, as a secret could stand across two pieces of what a program writes. */
function redactedLines(redact: (text: string) => string, write: (text: string) => void) {
  const decoder = new TextDecoder();
  let [open, last] = ["", ""];
  const flush = (text: string) => {
    if (text === "") return;
    const shown = redact(text);
    write(shown);
    last = `${last}${shown}`.slice(-LAST.characters);
  };
  return {
    add: (chunk: Uint8Array) => {
      open += decoder.decode(chunk, { stream: true });
      const end = open.length > MAX_LINE ? open.length : open.lastIndexOf("\n") + 1;
      flush(open.slice(0, end));
      open = open.slice(end);
    },
    end: () => flush(open === "" ? "" : `${open}\n`),
    last: () => last.trimEnd().split("\n").slice(-LAST.lines).join("\n"),
  };
}
