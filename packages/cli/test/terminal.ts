import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Ran, World } from "./world.ts";

const FACS = fileURLToPath(new URL("../bin/facs.mjs", import.meta.url));

/** What is typed once the screen shows `after`. */
export interface Typing {
  readonly after: string;
  readonly text: string;
  /** Done before it is typed. */
  readonly meanwhile?: () => Promise<unknown>;
}

/** Runs the real CLI on a terminal of its own (script of util-linux); what it shows, on both outputs, is `stdout`. */
export function onTerminal(
  { root, env }: Pick<World, "root" | "env">,
  { args, typing }: { readonly args: readonly string[]; readonly typing: readonly Typing[] },
): Promise<Ran> {
  const command = [process.execPath, FACS, ...args].map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(" ");
  // -e: with the command's exit status.
  const child = spawn("script", ["-qec", command, "/dev/null"], { cwd: root, env, stdio: ["pipe", "pipe", "pipe"] });
  let [shown, stderr] = ["", ""];
  const left = [...typing];
  child.stdout.on("data", (chunk) => {
    shown += chunk;
    if (left[0] === undefined || !shown.includes(left[0].after)) return;
    const { text, meanwhile = async () => undefined } = left.shift() as Typing;
    void meanwhile().then(() => child.stdin.write(`${text}\n`));
  });
  child.stderr.on("data", (chunk) => (stderr += chunk));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code: code ?? 128, stdout: shown.replaceAll("\r\n", "\n"), stderr }));
  });
}
