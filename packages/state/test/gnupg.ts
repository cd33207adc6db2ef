import { execFile } from "node:child_process";
import fs from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { createExec, type Environment, type Exec } from "@facsimile/core";
import { onTestFinished } from "vitest";
import { openKeyring } from "../src/index.ts";
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
    // EPIPE: not every command reads, and it may have ended by now.
    running.child.stdin?.on("error", () => {}).end(input);
    return running;
  };
  return { home, env, gpg, at: (name: string) => path.join(home, name) };
}

export type Gnupg = Awaited<ReturnType<typeof gnupg>>;

/** Makes a key as people do. `usage` as gpg has it; default: one that signs, and a subkey that decrypts. */
export async function makeKey(
  { gpg }: Gnupg,
  name: string,
  { algorithm = "future-default", usage = "default", options = [] as readonly string[], expires = "never" } = {},
): Promise<string> {
  const userId = `${name} <${name.toLowerCase()}@example.org>`;
  const quick = ["--quick-generate-key", userId, algorithm, usage, expires];
  await gpg(["--pinentry-mode", "loopback", "--passphrase", "", ...options, ...quick]);
  const { stdout } = await gpg(["--list-keys", "--with-colons", `=${userId}`]);
  return /^fpr:+([0-9A-F]{40}):/m.exec(stdout)?.[1] ?? "";
}

export async function addSubkey({ gpg }: Gnupg, fingerprint: string, [algorithm, usage]: [string, string]) {
  const quick = ["--quick-add-key", fingerprint, algorithm, usage, "never"];
  await gpg(["--pinentry-mode", "loopback", "--passphrase", "", ...quick]);
}

export interface Call {
  readonly program: string;
  readonly args: readonly string[];
}

/** Opens a keyring as a user with this GnuPG and nothing else has it; `calls` tells what was run. */
export async function keyringIn({ env: own }: Gnupg, more: Environment = {}) {
  const env = { ...own, ...more };
  const calls: Call[] = [];
  const real = createExec(env);
  const exec: Exec = (program, args, options) => {
    calls.push({ program, args });
    return real(program, args, options);
  };
  return { keyring: await openKeyring({ configDir: "/nonexistent", env, exec }), calls };
}

/** Puts a pinentry in place that gives this answer to a question for a passphrase, and notes what it was told. */
export async function usePinentry({ at, env }: Gnupg, answer: string): Promise<() => Promise<string>> {
  const script = `#!/bin/sh
echo "OK ready"
while read -r line; do
  echo "$line" >> ${at("pinentry.log")}
  case "$line" in
    GETPIN*) ${answer} ;;
    BYE*) echo OK; exit ;;
    *) echo OK ;;
  esac
done
`;
  await fs.writeFile(at("pinentry"), script, { mode: 0o755 });
  await fs.writeFile(at("gpg-agent.conf"), `pinentry-program ${at("pinentry")}\n`);
  await run("gpgconf", ["--kill", "gpg-agent"], { env });
  return () => fs.readFile(at("pinentry.log"), "utf8");
}

/** A folder for PATH whose gpg is this shell script: for what a real one does not do on demand. */
export async function standIn(script: string): Promise<string> {
  const dir = await folder();
  await fs.writeFile(path.join(dir, "gpg"), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return dir;
}
