import { randomBytes } from "node:crypto";
import fs from "node:fs/promises";
import path from "node:path";
import { FacsimileError, isFacsimileError } from "@facsimile/core";
import { Records } from "./look/listing.ts";
import { once } from "./once.ts";
import { askHost, type Session, sessionOf } from "./session.ts";
import { type Kept, keptFor } from "./ssh/kept.ts";
import { type Line, localLine, type SocketFailure, sshLine, unsuitable } from "./ssh/line.ts";
import { patiently } from "./ssh/patience.ts";
import { parseVersion } from "./ssh/rsync.ts";
import type { SshEndpoint } from "./ssh/ssh.ts";
import type { ConnectOptions, Endpoint, HostFacts } from "./types.ts";
import { Channel } from "./wire/channel.ts";
import type { Request } from "./wire/framing.ts";

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
  const anew = () => patiently(() => loginAnyhow(endpoint, { options, known, kept }), options.signal);
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
  /** No control socket: all goes through the one channel. */
  readonly socketless?: boolean;
}

/** Where no control socket can be made, without one; another login it costs, as ssh tries after it is logged in. */
async function loginAnyhow(endpoint: SshEndpoint, given: Login): Promise<Session> {
  try {
    return await login(endpoint, given);
  } catch (error) {
    given.options.signal?.throwIfAborted();
    if (!isFacsimileError(error) || !(error as Partial<SocketFailure>).socketless) throw error;
    return await login(endpoint, { ...given, kept: undefined, socketless: true });
  }
}

async function login(endpoint: SshEndpoint, { options, known, kept, socketless }: Login): Promise<Session> {
  // Only made where it is needed: what is kept has its own place.
  const folder = once(() => fs.mkdtemp(path.join(options.tmpDir ?? "/tmp", "facs-")));
  const clean = async () => folder.made && (await fs.rm(await folder(), { recursive: true, force: true }));
  try {
    const knownHosts = isPlain(options.knownHosts) ? options.knownHosts : path.join(await folder(), "known_hosts");
    if (knownHosts !== options.knownHosts) await fs.writeFile(knownHosts, known, { mode: 0o600 });
    const socket = socketless ? undefined : (kept?.socket ?? path.join(await folder(), "s"));
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
    isShared: line.isShared === true,
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

function silentFor(host: string, seconds: number): FacsimileError {
  return new FacsimileError("HOST_UNREACHABLE", `${host} did not answer for ${seconds} seconds`, {
    hint: "Check that it is up and not overloaded.",
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
