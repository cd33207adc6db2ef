import fs from "node:fs/promises";
import path from "node:path";
import { FacsimileError } from "@facsimile/core";
import type { ConnectOptions } from "../types.ts";
import { saidAll, spawnGroup } from "../wire/child.ts";
import { type HostKey, onRecord } from "./known-hosts.ts";
import { patiently } from "./patience.ts";
import { ONLY_THOSE, type SshEndpoint, sshFailure } from "./ssh.ts";

/** What ssh shows of a host before anybody logs in. */
export type ScanOptions = Pick<ConnectOptions, "env" | "sshConfig" | "connectTimeout" | "signal" | "tmpDir"> & {
  /** Types of the keys that are on record, as `known_hosts` has them: a host that has one of these shows it. */
  readonly known?: readonly string[] | undefined;
};

/**
 * Asks a host for its key, by the way that ssh takes to it: the user's ssh_config, jumps and ports count. Nobody logs in,
 * and nothing is remembered. Whoever answers may show any key: compare it.
 *
 * @throws `HOST_UNREACHABLE`
 */
export async function scanHostKey(endpoint: SshEndpoint, options: ScanOptions): Promise<HostKey> {
  options.signal?.throwIfAborted();
  return await patiently(() => scanOnce(endpoint, options), options.signal);
}

async function scanOnce(endpoint: SshEndpoint, options: ScanOptions): Promise<HostKey> {
  const folder = await fs.mkdtemp(path.join(options.tmpDir ?? "/tmp", "facs-"));
  try {
    const file = path.join(folder, "known_hosts");
    const stderr = await tryLogin(endpoint, { ...options, file });
    const text = await fs.readFile(file, "utf8").catch(() => "");
    const [key] = onRecord(text, endpoint.name).keys;
    if (key !== undefined) return key;
    throw /Host key verification failed/.test(stderr) ? noKey(endpoint) : sshFailure(endpoint, stderr);
  } finally {
    await fs.rm(folder, { recursive: true, force: true });
  }
}

async function tryLogin(endpoint: SshEndpoint, options: ScanOptions & { readonly file: string }): Promise<string> {
  const { env, signal } = options;
  const group = spawnGroup("ssh", scanArgs(endpoint, options), { env, isUsersOwn: true });
  const { child } = group;
  const stop = () => void group.end();
  signal?.addEventListener("abort", stop, { once: true });
  let stderr = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => (stderr = (stderr + text).slice(-4096)));
  child.stdout?.resume();
  child.stdin?.end();
  // ssh's own limit ends with the first word that the host says.
  const deadline = setTimeout(stop, ((options.connectTimeout ?? 20) + 2) * 1000);
  await saidAll(group).finally(() => {
    clearTimeout(deadline);
    signal?.removeEventListener("abort", stop);
  });
  signal?.throwIfAborted();
  return stderr;
}

/** ssh_config(5): a key that is new is taken, into a file of its own; then no way to log in is left. Pure. */
function scanArgs(
  { name, address, port, user }: SshEndpoint,
  { sshConfig, connectTimeout = 20, known = [], file }: ScanOptions & { readonly file: string },
): string[] {
  const settings = {
    StrictHostKeyChecking: "accept-new",
    UserKnownHostsFile: file,
    GlobalKnownHostsFile: "/dev/null",
    HashKnownHosts: "no",
    HostKeyAlias: name,
    PreferredAuthentications: "none",
    BatchMode: "yes",
    ControlMaster: "no",
    ControlPath: "none",
    ClearAllForwardings: "yes",
    PermitLocalCommand: "no",
    LogLevel: "ERROR",
    ConnectTimeout: String(connectTimeout),
    ...ONLY_THOSE,
  };
  const first = new Set(known.flatMap((type) => ALGORITHMS.get(type) ?? []));
  return [
    ...(sshConfig === undefined ? [] : ["-F", sshConfig]),
    ...Object.entries(settings).flatMap(([key, value]) => ["-o", `${key}=${value}`]),
    // As ssh itself does with a key on record: ssh_config(5), HostKeyAlgorithms.
    ...(first.size === 0 ? [] : ["-o", `HostKeyAlgorithms=^${[...first].join(",")}`]),
    ...(port === undefined ? [] : ["-p", String(port)]),
    ...(user === undefined ? [] : ["-l", user]),
    "--",
    address,
    "true",
  ];
}

/** By the type of the key; ssh refuses to begin with a name that it does not know, as of one that it has given up. */
const ALGORITHMS: ReadonlyMap<string, readonly string[]> = new Map([
  ["ssh-ed25519", ["ssh-ed25519"]],
  ["sk-ssh-ed25519@openssh.com", ["sk-ssh-ed25519@openssh.com"]],
  ["ecdsa-sha2-nistp256", ["ecdsa-sha2-nistp256"]],
  ["ecdsa-sha2-nistp384", ["ecdsa-sha2-nistp384"]],
  ["ecdsa-sha2-nistp521", ["ecdsa-sha2-nistp521"]],
  ["ssh-rsa", ["rsa-sha2-512", "rsa-sha2-256"]],
]);

function noKey({ name }: SshEndpoint): FacsimileError {
  return new FacsimileError("HOST_UNREACHABLE", `${name} showed no key that ssh would take`, {
    hint: "Try it by hand: ssh -v",
  });
}
