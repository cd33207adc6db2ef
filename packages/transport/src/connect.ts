import { randomBytes } from "node:crypto";
import fs from "node:fs/promises";
import path from "node:path";
import { FacsimileError } from "@facsimile/core";
import { AGENT } from "./agent/program.ts";
import { Channel, type ChannelOptions } from "./channel.ts";
import { type Group, spawnGroup } from "./child.ts";
import type { Request } from "./framing.ts";
import { type Kept, keptFor } from "./kept.ts";
import { Records } from "./listing.ts";
import { once } from "./once.ts";
import { patiently } from "./patience.ts";
import { type Bulk, parseVersion, rsyncBulk } from "./rsync.ts";
import { askHost, sessionOf } from "./session.ts";
import { riding, type SshEndpoint, type SshFiles, sshArgs, sshFailure } from "./ssh.ts";
import type { ConnectOptions, Endpoint, HostFacts, Session } from "./types.ts";

/**
 * Opens a session: one ssh connection for a remote host, one shell for a local one. Close it whatever happens. A host that closes
 * at once, as a crowded sshd does, is asked up to three times more.
 * @throws `HOST_UNREACHABLE`, `HOST_KEY_UNKNOWN`, `HOST_KEY_CHANGED`, `LOGIN_REFUSED`, `HOST_UNSUITABLE`
 */
export async function connect(endpoint: Endpoint, options: ConnectOptions): Promise<Session> {
  options.signal?.throwIfAborted();
  if (endpoint.kind === "local")
    return await open(endpoint, { options, line: localLine(options), clean: async () => undefined });
  const known = options.knownHosts === undefined ? "" : await fs.readFile(options.knownHosts, "utf8").catch(noFile);
  const kept = await keptFor(endpoint, options, known);
  const anew = () => patiently(() => login(endpoint, { options, known, kept }), options.signal);
  const isThere = kept !== undefined && (await fs.access(kept.socket).then(() => true, () => false)); // biome-ignore format: one line
  if (!isThere) return await anew();
  try {
    return await login(endpoint, { options: { ...options, connectTimeout: Math.min(KEPT_TIMEOUT, options.connectTimeout ?? 20) }, known, kept }); // biome-ignore format: one line
  } catch {
    // What was kept may be dead without knowing it: a host that went away says nothing.
    options.signal?.throwIfAborted();
    await fs.rm(kept.socket, { force: true });
    return await anew();
  }
}

/** Seconds until a connection that is kept must answer. */
const KEPT_TIMEOUT = 5;

interface Login {
  readonly options: ConnectOptions;
  /** Text of the known hosts. */
  readonly known: string;
  readonly kept?: Kept | undefined;
}

async function login(endpoint: SshEndpoint, { options, known, kept }: Login): Promise<Session> {
  // Only made where it is needed: what is kept has its own place.
  const folder = once(() => fs.mkdtemp(path.join(options.tmpDir ?? "/tmp", "facs-")));
  const clean = async () => folder.made && (await fs.rm(await folder(), { recursive: true, force: true }));
  try {
    const knownHosts = isPlain(options.knownHosts) ? options.knownHosts : path.join(await folder(), "known_hosts");
    if (knownHosts !== options.knownHosts) await fs.writeFile(knownHosts, known, { mode: 0o600 });
    const socket = kept?.socket ?? path.join(await folder(), "s");
    const line = sshLine(endpoint, { options, folder, files: { socket, knownHosts, persist: kept?.seconds } });
    return await open(endpoint, { options, line, clean });
  } catch (error) {
    await clean();
    throw error;
  }
}

/** Nothing in it that ssh would expand or part. */
function isPlain(file: string | undefined): file is string {
  return file !== undefined && /^\/[A-Za-z0-9._/+-]+$/.test(file);
}

/** A way to an agent. */
interface Line {
  readonly group: Group;
  readonly lost: ChannelOptions["lost"];
  /** @param noisy start-up files print: rsync must be told from them. */
  bulk(noisy: boolean): Promise<Bulk | undefined>;
}

interface Opening {
  readonly options: ConnectOptions;
  readonly line: Line;
  /** Removes what the session alone needed. */
  readonly clean: () => Promise<unknown>;
}

async function open(endpoint: Endpoint, { options, line, clean }: Opening): Promise<Session> {
  const { connectTimeout = 20, silence = 600, signal } = options;
  const channel = new Channel(line.group, {
    nonce: randomBytes(16).toString("hex"),
    // ssh has the same limit, and says better what it waited for.
    connectTimeout: connectTimeout + 2,
    silence,
    signal,
    lost: line.lost,
    silent: (seconds) => silentFor(endpoint.name, seconds),
  });
  const close = async () => {
    await channel.close();
    await clean();
  };
  try {
    const ask = (request: Request) => askHost(channel, { name: endpoint.name, request });
    const [{ noise }, hello] = await Promise.all([channel.ready, ask({ op: "hello", args: [] })]);
    const noisy = noise.length > 0;
    const userHome = readHello(hello, endpoint.name);
    const facts = once(async () => readFacts(await ask({ op: "facts", args: [] })));
    const host = { name: endpoint.name, facts, ask, bulk: once(() => line.bulk(noisy)) };
    return sessionOf({ endpoint, host, userHome, noisy, close });
  } catch (error) {
    await close();
    throw error;
  }
}

function localLine({ env }: ConnectOptions): Line {
  const lost: Line["lost"] = ({ exitCode, stderr }) =>
    new FacsimileError("HOST_FAILED", `the local shell ended (${exitCode}): ${stderr.trim()}`, {
      hint: "Deploy again.",
    });
  return { group: spawnGroup("sh", ["-c", AGENT], { env }), lost, bulk: async () => undefined };
}

function sshLine(
  endpoint: SshEndpoint,
  { options, folder, files }: { options: ConnectOptions; folder: () => Promise<string>; files: SshFiles },
): Line {
  return {
    group: spawnGroup("ssh", sshArgs(endpoint, files, options), { env: options.env }),
    lost: (end) => lostOf(endpoint, end),
    bulk: async (noisy) => {
      const { rsh, remote } = noisy
        ? await filtered({ folder: await folder(), socket: files.socket })
        : { rsh: riding(files.socket) };
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
  if (!ready) return sshFailure(endpoint, stderr);
  const last = stderr.trim().split("\n").at(-1) ?? "";
  return new FacsimileError(
    "CONNECTION_LOST",
    `the connection to ${endpoint.name} was lost${last === "" ? "" : `: ${last}`}`,
    {
      hint: "What it was doing may have been done. Deploy again: it begins by looking. Its lock frees itself.",
    },
  );
}

function silentFor(host: string, seconds: number): FacsimileError {
  return new FacsimileError("HOST_UNREACHABLE", `${host} did not answer for ${seconds} seconds`, {
    hint: "Check that it is up and not overloaded.",
  });
}

function unsuitable(host: string, message: string): FacsimileError {
  return new FacsimileError("HOST_UNSUITABLE", `${host}: ${message}`, {
    hint: "A host needs a POSIX login shell and GNU or BusyBox tools.",
  });
}

function readHello(hello: Buffer, host: string): string {
  const records = new Records(hello);
  const userHome = records.next();
  const missing = records.next().trim();
  if (missing !== "") throw unsuitable(host, `it has no ${missing.split(" ").join(", ")}`);
  return userHome;
}

function readFacts(answer: Buffer): HostFacts {
  const records = new Records(answer);
  const [user, system, clock] = [records.next(), records.next(), Number(records.next())];
  return { user, system, clock, rsync: parseVersion(records.next()) };
}

function noFile(error: NodeJS.ErrnoException): string {
  if (error.code === "ENOENT") return "";
  throw error;
}
