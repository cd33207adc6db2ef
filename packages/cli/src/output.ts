import { errnoOf } from "@facsimile/core";

export interface Output {
  readonly isTTY?: boolean | undefined;
  /** Of a terminal. */
  readonly columns?: number | undefined;
  write(text: string, done?: () => void): unknown;
  on(event: "error", listener: (error: Error) => void): unknown;
}

export interface Guarded {
  readonly write: (text: string) => void;
  /** Waits until all is written. @returns Why not all of it could be; undefined too where the reader had enough */
  readonly problem: () => Promise<Error | undefined>;
  /** Aborted once nobody reads any more. */
  readonly closed: AbortSignal;
}

/**
 * An output that may be closed or full: the work goes on to its end all the same, as `facs deploy … | head` must not stop
 * half-way.
 */
export function guarded(output: Output): Guarded {
  let problem: Error | undefined;
  const closing = new AbortController();
  const note = (error: Error) => {
    if (errnoOf(error) === "EPIPE")
      closing.abort(); // As a stop, not as a failure.
    else problem ??= error;
  };
  output.on("error", note);
  return {
    closed: closing.signal,
    problem: async () => {
      await new Promise<void>((resolve) => output.write("", resolve));
      return problem;
    },
    write(text) {
      try {
        output.write(text);
      } catch (error) {
        if (errnoOf(error) === undefined) throw error; // A file or device is written at once, and fails at once.
        note(error as Error);
      }
    },
  };
}
