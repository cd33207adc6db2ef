import { compareBytes, FacsimileError, type Position, throwProblems } from "@facsimile/core";

/** What is wrong, before it is known where. */
export class Fault extends Error {
  readonly code: string;
  readonly hint: string | undefined;

  constructor(code: string, message: string, hint?: string) {
    super(message);
    this.code = code;
    this.hint = hint;
  }

  at(position: Position, cause?: unknown): FacsimileError {
    return new FacsimileError(this.code, this.message, { hint: this.hint, position, cause });
  }
}

/** A bound was reached: nothing more is tried in this file. */
export class LimitFault extends Fault {
  constructor(what: string) {
    super("TEMPLATE_LIMIT", what, "Look for a loop or an include without end; a file may be rendered in parts.");
  }
}

/** A bound that was reached, with its place. */
export class PlacedLimit extends LimitFault {
  readonly problem: FacsimileError;

  constructor(problem: FacsimileError) {
    super(problem.message);
    this.problem = problem;
  }
}

/** More mistakes than these in one file are not looked for: it is no template, or its data are missing as a whole. */
const MOST_PROBLEMS = 1000;

/** Adds one more. @throws {@link PlacedLimit} at its place when there are too many */
export function addProblem(problems: FacsimileError[], problem: FacsimileError): void {
  if (problems.length < MOST_PROBLEMS) return void problems.push(problem);
  const fault = new LimitFault(`more than ${MOST_PROBLEMS} mistakes`);
  throw new PlacedLimit(fault.at(problem.position ?? { file: "", line: 1, column: 1 }));
}

/** Text of a template or a value in a message: as much as a person reads. */
export function excerpt(text: string): string {
  return text.length > 120 ? `${text.slice(0, 119)}…` : text;
}

/** Throws all that was found, each once, sorted by place. */
export function throwFound(problems: readonly FacsimileError[]): void {
  throwProblems([...problems].sort(byPlace));
}

function byPlace({ position: a }: FacsimileError, { position: b }: FacsimileError): number {
  return compareBytes(a?.file ?? "", b?.file ?? "") || (a?.line ?? 0) - (b?.line ?? 0) || (a?.column ?? 0) - (b?.column ?? 0); // biome-ignore format: one line
}

/** For a failure that concerns a whole file. */
export function fileProblem(code: string, message: string, hint?: string, cause?: unknown): FacsimileError {
  return new FacsimileError(code, message, { hint, cause });
}
