import { execFile } from "node:child_process";
import fs from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

export interface GnupgHome {
  /** For GNUPGHOME; empty at first. */
  readonly dir: string;
  /** Runs `gpg --batch` with this home. @returns Its standard output. */
  gpg(...args: string[]): Promise<string>;
  /** Ends its agent and removes it. */
  stop(): Promise<void>;
}

/** A GnuPG home away from the user's. Its path is short: the agent's socket lies in it. */
export async function gnupgHome(
  options: { readonly onFinished?: (stop: () => Promise<void>) => void } = {},
): Promise<GnupgHome> {
  const dir = await fs.mkdtemp(path.join(os.tmpdir(), "facs-gpg-"));
  const env = { ...process.env, GNUPGHOME: dir };
  const gpg = async (...args: string[]) => (await run("gpg", ["--batch", ...args], { env })).stdout;
  const stop = async () => {
    await run("gpgconf", ["--kill", "all"], { env }).catch(() => undefined);
    await fs.rm(dir, { recursive: true, force: true });
  };
  options.onFinished?.(stop);
  return { dir, gpg, stop };
}
