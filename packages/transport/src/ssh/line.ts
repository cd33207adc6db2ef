import { randomBytes } from "node:crypto";
import fs from "node:fs/promises";
import path from "node:path";
import { FacsimileError } from "@facsimile/core";
import { AGENT } from "../agent/program.ts";
import type { ConnectOptions } from "../types.ts";
import type { ChannelOptions } from "../wire/channel.ts";
import { type Group, spawnGroup } from "../wire/child.ts";
import type { Bulk } from "./bulk.ts";
import { rsyncBulk } from "./rsync.ts";
import { isSocketless, riding, type SshEndpoint, type SshFiles, sshArgs, sshFailure } from "./ssh.ts";

/** A way to an agent. */
export interface Line {
  readonly group: Group;
  readonly lost: ChannelOptions["lost"];
  readonly isShared?: boolean;
  /** @param noisy start-up files print: rsync must be told from them. */
  bulk(noisy: boolean): Promise<Bulk | undefined>;
}

/** This machine itself: a shell of ours. */
export function localLine({ env }: ConnectOptions): Line {
  const lost: Line["lost"] = ({ exitCode, stderr }) =>
    new FacsimileError("HOST_FAILED", `the local shell ended (${exitCode}): ${stderr.trim()}`, {
      hint: "Deploy again.",
    });
  return { group: spawnGroup("sh", ["-c", AGENT], { env }), lost, bulk: async () => undefined };
}

/** What a failure carries where only the control socket was in the way. */
export interface SocketFailure {
  readonly socketless: true;
}

/** The host, by an ssh that is the connection, or rides on one that is kept. Without a socket no rsync can ride on it. */
export function sshLine(
  endpoint: SshEndpoint,
  { options, folder, files }: { options: ConnectOptions; folder: () => Promise<string>; files: SshFiles },
): Line {
  return {
    group: spawnGroup("ssh", sshArgs(endpoint, files, options), { env: options.env, isUsersOwn: true }),
    lost: (end) => lostOf(endpoint, end),
    isShared: files.persist !== undefined,
    bulk: async (noisy) => {
      const { socket } = files;
      if (socket === undefined) return undefined;
      const { rsh, remote } = noisy ? await filtered({ folder: await folder(), socket }) : { rsh: riding(socket) };
      const { env, signal, silence = 600 } = options;
      return rsyncBulk({ host: endpoint.name, rsh, remote, env, signal, silence });
    },
  };
}

/** Start-up files that print would confuse rsync: what comes before the nonce is taken away. */
async function filtered({
  folder,
  socket,
}: {
  folder: string;
  socket: string;
}): Promise<{ rsh: string; remote: string }> {
  const nonce = randomBytes(16).toString("hex");
  const file = path.join(folder, "rsh");
  const script = `${riding(socket)} "$@" | while IFS= read -r line; do [ "$line" = ${nonce} ] && exec cat; done\n`;
  await fs.writeFile(file, script, { mode: 0o600 });
  return { rsh: `sh ${file}`, remote: `printf '\\n%s\\n' ${nonce}; rsync` };
}

function lostOf(endpoint: SshEndpoint, end: Parameters<ChannelOptions["lost"]>[0]): FacsimileError {
  const { exitCode, stderr, ready } = end;
  if (!ready && exitCode !== 255)
    return unsuitable(endpoint.name, `its shell ended with ${exitCode}: ${stderr.trim()}`);
  const failure = ready ? undefined : sshFailure(endpoint, stderr);
  if (failure !== undefined) return isSocketless(stderr) ? Object.assign(failure, { socketless: true } satisfies SocketFailure) : failure; // biome-ignore format: one line
  const last = stderr.trim().split("\n").at(-1) ?? "";
  return new FacsimileError(
    "CONNECTION_LOST",
    `the connection to ${endpoint.name} was lost${last === "" ? "" : `: ${last}`}`,
    {
      hint: "What it was doing may have been done. Deploy again: it begins by looking. Its lock frees itself.",
    },
  );
}

/** `HOST_UNSUITABLE`. */
export function unsuitable(host: string, message: string): FacsimileError {
  return new FacsimileError("HOST_UNSUITABLE", `${host}: ${message}`, {
    hint: "A host needs a POSIX login shell and GNU or BusyBox tools.",
  });
}
