import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import { onTestFinished } from "vitest";
import { folder } from "./world.ts";

const run = promisify(execFile);

/** The real gpg with a home of its own; its agent ends with the test. */
export async function gnupg() {
  const home = await folder();
  const env = { PATH: process.env["PATH"], GNUPGHOME: home, LC_ALL: "C" };
  onTestFinished(async () => {
    await run("gpgconf", ["--kill", "all"], { env });
  });
  const gpg = async (args: readonly string[], input = "") => {
    const running = run("gpg", ["--batch", "--no-tty", ...args], { env });
    running.child.stdin?.end(input);
    return running;
  };
  return { home, env, gpg, at: (name: string) => path.join(home, name) };
}
