import type { Process, World } from "./world.ts";

/** Asks on stderr, reads a line from stdin. Undefined off a terminal. */
export function askerOf(
  { stdin, stderr }: Pick<Process, "stdin" | "stderr">,
  { redactor, signal }: Pick<World, "redactor" | "signal">,
): World["ask"] {
  if (stdin.isTTY !== true || stderr.isTTY !== true) return undefined;
  return async (question) => {
    const { createInterface } = await import("node:readline/promises");
    stderr.write(redactor.redact(question));
    // As no terminal: readline would take Ctrl-C for itself.
    const lines = createInterface({ input: stdin, terminal: false });
    const ended = new Promise<string>((resolve) => lines.once("close", () => resolve("")));
    try {
      return await Promise.race([lines.question("", { signal }), ended]);
    } finally {
      lines.close();
    }
  };
}
