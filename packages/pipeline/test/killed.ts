import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const LOADER = new URL("../../state/test/typescript.mjs", import.meta.url).href;

/** What Node is started with to run `test/programs/<name>.ts`. */
export function programArgs(name: string): string[] {
  const program = fileURLToPath(new URL(`programs/${name}.ts`, import.meta.url));
  return ["--import", LOADER, "--conditions=@facsimile/source", program];
}

/** Runs a program in a process of its own. @returns Its exit status, or the signal that killed it. */
export async function killed(name: string, args: readonly string[]): Promise<number | string> {
  const child = spawn(process.execPath, [...programArgs(name), ...args], { stdio: ["ignore", "ignore", "inherit"] });
  const [code, signal] = await once(child, "exit");
  return code ?? signal;
}
