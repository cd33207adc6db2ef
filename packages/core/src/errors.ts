/** A place in a text file. `line` and `column` count from 1; `length` is in characters. */
export interface Position {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly length?: number;
}

export interface ErrorDetails {
  /** What to do next, in the imperative. */
  readonly hint?: string | undefined;
  readonly cause?: unknown;
  /** Where in a file the user wrote what is wrong. */
  readonly position?: Position | undefined;
}

/** What every package throws for a failure that a user can meet and mend. */
export class FacsimileError extends Error {
  /** Stable, greppable, documented in docs/errors.md, e.g. `UNKNOWN_INSTANCE`. */
  readonly code: string;
  readonly hint: string | undefined;
  readonly position: Position | undefined;

  constructor(code: string, message: string, { hint, cause, position }: ErrorDetails = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = "FacsimileError";
    this.code = code;
    this.hint = hint;
    this.position = position;
  }
}

/** Several failures of one piece of work, all told at once. Its `code` is `PROBLEMS`; each problem has its own. */
export class ProblemsError extends FacsimileError {
  readonly problems: readonly FacsimileError[];

  constructor(problems: readonly FacsimileError[], details: ErrorDetails = {}) {
    super("PROBLEMS", problems.map(formatProblem).join("\n"), details);
    this.problems = problems;
  }
}

/** Throws nothing for no problem, the problem itself for one, a {@link ProblemsError} for more; what is alike is told once. */
export function throwProblems(problems: readonly FacsimileError[]): void {
  const each = new Map(problems.map((problem) => [`${problem.code} ${formatProblem(problem)}`, problem]));
  const [first, ...more] = each.values();
  if (first === undefined) return;
  throw more.length === 0 ? first : new ProblemsError([first, ...more]);
}

/** True for a {@link FacsimileError} of any copy of this package; with `code`, only for that code. */
export function isFacsimileError(error: unknown, code?: string): error is FacsimileError {
  if (!(error instanceof Error) || error.name !== "FacsimileError") return false;
  const own = (error as Partial<FacsimileError>).code;
  return typeof own === "string" && (code === undefined || own === code);
}

/** The single failures that `error` is made of: its problems, or itself. */
export function problemsOf(error: FacsimileError): readonly FacsimileError[] {
  const { problems } = error as Partial<ProblemsError>;
  return problems ?? [error];
}

/** `file:line:column: message`, or the message alone. */
export function formatProblem({ message, position }: FacsimileError): string {
  return position === undefined ? message : `${formatPosition(position)}: ${message}`;
}

/** `file:line:column`. */
export function formatPosition({ file, line, column }: Position): string {
  return `${file}:${line}:${column}`;
}

/** The `errno` code of a system error, e.g. `ENOENT`. */
export function errnoOf(error: unknown): string | undefined {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  return typeof code === "string" ? code : undefined;
}
