import { errnoOf, FacsimileError, isFacsimileError, problemsOf } from "@facsimile/core";
import { createWorld } from "./create-world.ts";
import { EXIT, exitOf } from "./exit.ts";
import { printJson } from "./follow.ts";
import type { RunState } from "./invocation.ts";
import { createProgram } from "./program.ts";
import type { Process, World } from "./world.ts";

/** Runs the command that `process.argv` names. @returns The exit status. */
export async function main(process: Process): Promise<number> {
  const world = await createWorld(process);
  const run: RunState = { status: EXIT.done };
  try {
    await createProgram(world, run).parseAsync([...process.argv]);
    return (await tellOutput(world)) || run.status;
  } catch (error) {
    return tellFailure(error, { world, run, isJson: isJson(process) });
  }
}

/** What stands behind `--` is for another program. */
function isJson({ argv }: Process): boolean {
  const end = argv.indexOf("--");
  return argv.slice(0, end < 0 ? argv.length : end).includes("--json");
}

/** What was done is done; but whoever wanted to read of it cannot. @returns The exit status for that; 0 where all is well */
async function tellOutput({ outputProblem, tellStyle: style, tell }: World): Promise<number> {
  const problem = await outputProblem();
  if (problem === undefined) return EXIT.done;
  tell(`${style.red("error")} ${style.bold("SYSTEM")}: the output could not be written: ${problem.message}\n`);
  return EXIT.failed;
}

async function tellFailure(
  error: unknown,
  { world, run: { root, instance }, isJson }: { world: World; run: RunState; isJson: boolean },
): Promise<number> {
  if (isCommander(error)) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
  if (world.signal.aborted) {
    const message = `${String((world.signal.reason as Error).message)}. Nothing more was done.`;
    if (isJson) printJson({ schema: "error/1", problems: [new FacsimileError("INTERRUPTED", message)] }, world);
    world.tell(`${message}\n`);
    return EXIT.interrupted;
  }
  const { atInstance } = await import("./text/advice.ts");
  const known = atInstance(isFacsimileError(error) ? error : (systemError(error) ?? unexpected(error)), instance);
  if (isJson) printJson({ schema: "error/1", problems: problemsOf(known) }, world);
  const { problemsText } = await import("./text/problems.ts");
  world.tell(problemsText(known, { root, style: world.tellStyle }));
  return exitOf(known);
}

/** A full disk, a missing right: the machine's own words, and what they mean here. */
function systemError(error: unknown): FacsimileError | undefined {
  const errno = errnoOf(error);
  if (errno === undefined || !/^E[A-Z0-9]+$/.test(errno)) return undefined;
  const hint =
    errno === "ENOSPC" || errno === "EDQUOT"
      ? "Make room on this machine, then run it again."
      : "Mend that on this machine, then run it again.";
  return new FacsimileError("SYSTEM", (error as Error).message, { cause: error, hint });
}

function unexpected(error: unknown): FacsimileError {
  const told = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return new FacsimileError("UNEXPECTED", told, {
    cause: error,
    hint: "This is a mistake in facs, not in what you did. Please report it with these lines.",
  });
}

// commander has already told what is wrong; it throws this instead of ending the process.
function isCommander(error: unknown): error is Error & { exitCode: number } {
  return error instanceof Error && error.constructor.name === "CommanderError";
}
