import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const LOADER = new URL("../../state/test/typescript.mjs", import.meta.url).href;

/** Runs `test/programs/<name>.ts` in a process of its own. @returns Its exit status, or the signal that killed it. */
export async function killed(name: string, args: readonly string[]): Promise<number | string> {
  const program = fileURLToPath(new URL(`programs/${name}.ts`, import.meta.url));
  const node = ["--import", LOADER, "--conditions=@facsimile/source", program];
  const child = spawn(process.execPath, [...node, ...args], { stdio: ["ignore", "ignore", "inherit"] });
  const [code, signal] = await once(child, "exit");
  return code ?? signal;
}
