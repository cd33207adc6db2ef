import { createHash } from "node:crypto";
import fs from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import type { ConnectOptions } from "../types.ts";
import { onRecord } from "./known-hosts.ts";
import type { SshEndpoint } from "./ssh.ts";

/** A connection that outlives its session for a while. */
export interface Kept {
  /** Its control socket; there or not. */
  readonly socket: string;
  readonly seconds: number;
}

/**
 * The connection that is kept for what a session asks for: another address, user, key on record or ssh_config is another
 * connection. `undefined` where none is kept: it is not wanted, the host's key is not on record, or there is no private folder.
 */
export async function keptFor(
  endpoint: SshEndpoint,
  { persist = 0, sshConfig, env, tmpDir }: ConnectOptions,
  known: string,
): Promise<Kept | undefined> {
  const record = onRecord(known, endpoint.name);
  if (persist <= 0 || record.keys.length === 0) return undefined;
  const folder = await privateFolder(env["XDG_RUNTIME_DIR"] ?? tmpDir ?? "/tmp");
  if (folder === undefined) return undefined;
  const config = sshConfig ?? path.join(env["HOME"] ?? os.homedir(), ".ssh", "config");
  const changed = await fs.stat(config).then(({ mtimeMs, size }) => [mtimeMs, size], () => []); // biome-ignore format: one line
  const asked = JSON.stringify([endpoint, record, config, changed, env["SSH_AUTH_SOCK"]]);
  const name = createHash("sha256").update(asked).digest("hex").slice(0, 20);
  return { socket: path.join(folder, name), seconds: persist };
}

/** ssh adds 17 characters to a socket's name while it makes it; unix(7) allows 107 bytes, and rsync parts words at blanks. */
const LONGEST = 60;

const folders = new Map<string, Promise<string | undefined>>();

/** Looked at once: a run has many hosts. */
function privateFolder(base: string): Promise<string | undefined> {
  const known = folders.get(base) ?? makePrivate(base);
  folders.set(base, known);
  return known;
}

/** Ours alone, and no link; `undefined` where that cannot be. */
async function makePrivate(base: string): Promise<string | undefined> {
  const { uid } = os.userInfo();
  const folder = path.join(base, `facs-${uid}`);
  if (uid < 0 || folder.length > LONGEST || !/^\/[^\s'"]+$/.test(folder)) return undefined;
  await fs.mkdir(folder, { mode: 0o700 }).catch(() => undefined);
  const stat = await fs.lstat(folder).catch(() => undefined);
  return stat?.isDirectory() && stat.uid === uid && (stat.mode & 0o077) === 0 ? folder : undefined;
}
