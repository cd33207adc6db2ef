import { StringDecoder } from "node:string_decoder";
import type { World } from "./world.ts";

type Terminal = Pick<World, "stdin" | "tell" | "signal">;

/**
 * Puts each question on stderr and gives the lines that were typed, none of which shows. Undefined off a terminal.
 * Ctrl-C ends the work as it does elsewhere; the end of input leaves the rest empty.
 */
export async function askHidden(questions: readonly string[], world: Terminal): Promise<readonly string[] | undefined> {
  const { stdin, tell, signal } = world;
  if (stdin.isTTY !== true || stdin.setRawMode === undefined) return undefined;
  const lines: string[] = [];
  const ask = () => tell(questions[lines.length] ?? "");
  const isDone = () => lines.length >= questions.length;
  const type = typist((line) => {
    tell("\n");
    lines.push(line);
    if (!isDone()) ask();
  });
  stdin.setRawMode(true);
  ask();
  try {
    return await new Promise((resolve, reject) => {
      stdin.on("data", (chunk: Buffer) => {
        type(chunk, isDone);
        if (isDone()) resolve(lines);
      });
      stdin.on("end", () => resolve(lines));
      signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    });
  } finally {
    stdin.removeAllListeners("data").removeAllListeners("end").pause();
    stdin.setRawMode(false);
  }
}

/** Makes lines of keys as a terminal in raw mode gives them. */
function typist(onLine: (line: string) => void): (chunk: Buffer, isDone: () => boolean) => void {
  const decoder = new StringDecoder("utf8");
  let line = "";
  const press = (key: string) => {
    if (ENDS.includes(key)) {
      const whole = line;
      line = "";
      onLine(whole);
    } else if (key === INTERRUPT)
      process.kill(process.pid, "SIGINT"); // In raw mode the terminal sends no signal.
    else if (key === KILL) line = "";
    else if (RUBOUTS.includes(key)) line = [...line].slice(0, -1).join("");
    else line += key;
  };
  return (chunk, isDone) => {
    for (const key of decoder.write(Buffer.from(chunk))) if (!isDone()) press(key);
  };
}

const [INTERRUPT, KILL] = ["\u0003", "\u0015"];
const ENDS: readonly string[] = ["\r", "\n", "\u0004"];
const RUBOUTS: readonly string[] = ["\u007f", "\b"];
