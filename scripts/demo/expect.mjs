import { StopError } from "../lib/run.mjs";

/** Ends the demo unless `seen` is what it promises; `what` names who gave it. */
export function expectSame(what, { expected, seen }) {
  const [wanted, got] = [expected, seen].map((value) => JSON.stringify(value));
  if (wanted !== got) throw unexpected(what, { expected: wanted, seen: got });
}

/** Ends the demo unless a command exited with `status` and said every one of `says`, strings or patterns. */
export function expectOutcome(line, { status, says, seen }) {
  if (seen.status !== status) {
    throw unexpected(line, { expected: `exit status ${status}`, seen: `exit status ${seen.status}` });
  }
  for (const words of says) {
    const isSaid = words instanceof RegExp ? words.test(seen.output) : seen.output.includes(words);
    if (!isSaid) throw unexpected(line, { expected: `to read: ${words}`, seen: seen.output });
  }
}

function unexpected(what, { expected, seen }) {
  const [first, ...more] = seen === "" ? ["nothing"] : seen.trimEnd().split("\n");
  const lines = [`expected  ${expected}`, `seen      ${first}`, ...more.map((line) => `          ${line}`)];
  return new StopError(`this is not what should have come of: ${what}`, lines.join("\n"));
}
