import { FacsimileError } from "@facsimile/core";
import { AGENT, quoted } from "../agent/program.ts";
import type { ConnectOptions, Endpoint } from "../types.ts";
import type { PassingFailure } from "./patience.ts";

export type SshEndpoint = Extract<Endpoint, { kind: "ssh" }>;

export interface SshFiles {
  /** The control socket. Default: none; nothing rides on the session's connection. */
  readonly socket?: string | undefined;
  /** Our copy of the known hosts: its path holds nothing that ssh would expand. */
  readonly knownHosts: string;
  /** Seconds for which the connection is kept for the next session. Default 0: it ends with this one. */
  readonly persist?: number | undefined;
}

/**
 * No other way to know a host, whatever the ssh_config says. Older versions of ssh do not know all that is set; and of IgnoreUnknown the
 * first one counts, so that ours has to cover what the user's own names: ssh_config(5).
 */
export const ONLY_THOSE = {
  IgnoreUnknown: "*",
  KnownHostsCommand: "none",
  VerifyHostKeyDNS: "no",
  CheckHostIP: "no",
  NoHostAuthenticationForLocalhost: "no",
};

/** The argv after `ssh` of a session that is its own master, or rides on a connection that is kept. Pure. */
export function sshArgs(
  endpoint: SshEndpoint,
  files: SshFiles,
  options: Pick<ConnectOptions, "sshConfig" | "connectTimeout">,
): string[] {
  const settings = {
    ...controlOf(files),
    BatchMode: "yes",
    StrictHostKeyChecking: "yes",
    UserKnownHostsFile: files.knownHosts,
    GlobalKnownHostsFile: "/dev/null",
    ...ONLY_THOSE,
    HostKeyAlias: endpoint.name,
    UpdateHostKeys: "no",
    ForwardAgent: "no",
    ClearAllForwardings: "yes",
    PermitLocalCommand: "no",
    RequestTTY: "no",
    RemoteCommand: "none",
    SessionType: "default",
    StdinNull: "no",
    ForkAfterAuthentication: "no",
    LogLevel: "ERROR",
    ConnectTimeout: String(options.connectTimeout ?? 20),
    ServerAliveInterval: "15",
    ServerAliveCountMax: "4",
  };
  return [
    ...(options.sshConfig === undefined ? [] : ["-F", options.sshConfig]),
    ...Object.entries(settings).flatMap(([name, value]) => ["-o", `${name}=${value}`]),
    ...(endpoint.port === undefined ? [] : ["-p", String(endpoint.port)]),
    ...(endpoint.user === undefined ? [] : ["-l", endpoint.user]),
    "--",
    endpoint.address,
    `exec sh -c ${quoted(AGENT)}`,
  ];
}

function controlOf({ socket, persist }: SshFiles): Record<string, string> {
  if (socket === undefined) return { ControlMaster: "no", ControlPath: "none" };
  const own = persist === undefined;
  return { ControlMaster: own ? "yes" : "auto", ControlPath: socket, ControlPersist: own ? "no" : String(persist) };
}

/** What ends an ssh that is logged in, and cannot make its socket: too long a path, a file system that has none, or no links. */
export function isSocketless(stderr: string): boolean {
  return /^(unix_listener: |.*\blink mux listener )/m.test(stderr);
}

/** What rsync is to use as its remote shell: the session's connection, and never another. No word of it holds a blank. */
export function riding(socket: string): string {
  return `ssh -F none -S ${socket} -o ControlMaster=no -o BatchMode=yes -o ProxyCommand=false -o LogLevel=ERROR`;
}

const TRUST =
  "Compare its key with the owner of the host: facs hosts trust INSTANCE HOST writes it into hosts/known_hosts.";

const REVOKED =
  "Others may have that key. Make the host a new one: facs hosts trust INSTANCE HOST then writes it into hosts/known_hosts.";

/** What ssh's own words mean. They are English whatever the locale. */
export function sshFailure(endpoint: SshEndpoint, stderr: string): FacsimileError {
  const where = `${endpoint.name} (${endpoint.address})`;
  const last = stderr.trim().split("\n").at(-1)?.trim() ?? "";
  const aboutKey = keyFailure(endpoint, stderr);
  if (aboutKey !== undefined) return aboutKey;
  if (/Permission denied|Too many authentication failures|No supported authentication/i.test(stderr)) {
    return new FacsimileError("LOGIN_REFUSED", `${where} refused the login: ${last}`, {
      hint: "Check deploy.user and hosts.<name>.user, and that your key is loaded (ssh-add -l) and authorised there.",
    });
  }
  // Of a jump that fails, ssh tells the reason first, and last that there was none to speak to.
  const reason = (OF_THE_WAY.exec(stderr)?.[0] ?? last).trim();
  const said = reason === BEYOND ? "the host on the way to it cannot connect to it" : reason;
  const unreachable = `${where} cannot be reached: ${said || "the connection ended"}`;
  if (isTurnedAway(stderr)) return Object.assign(new FacsimileError("HOST_UNREACHABLE", unreachable, { hint: CROWDED }), { passing: true } satisfies PassingFailure); // biome-ignore format: one line
  return new FacsimileError("HOST_UNREACHABLE", unreachable, { hint: CUT_OFF.test(stderr) ? NOT_OPENSSH : CHECK });
}

/** Its key, or that of a host on the way to it. */
function keyFailure(endpoint: SshEndpoint, stderr: string): FacsimileError | undefined {
  const where = `${endpoint.name} (${endpoint.address})`;
  const other = jumpOf(endpoint, stderr);
  if (/HOST IDENTIFICATION HAS CHANGED|host key for .* has changed|differs from the key/i.test(stderr)) {
    if (other !== undefined) return new FacsimileError("HOST_KEY_CHANGED", `${other}, on the way to ${where}, shows another host key than the one that your ssh knows; nothing was sent`, { hint: `Someone may be between. By hand: ssh ${other}` }); // biome-ignore format: one line
    return new FacsimileError("HOST_KEY_CHANGED", `${where} shows another host key than the one on record; nothing was sent to it`, { hint: `Someone may be between. ${TRUST}` }); // biome-ignore format: one line
  }
  if (/REVOKED HOST KEY DETECTED/.test(stderr)) {
    if (other !== undefined) return new FacsimileError("HOST_KEY_CHANGED", `${other}, on the way to ${where}, shows a host key that your ssh knows as revoked; nothing was sent`, { hint: `By hand: ssh ${other}` }); // biome-ignore format: one line
    return new FacsimileError("HOST_KEY_CHANGED", `${where} shows a host key that is marked as @revoked on record; nothing was sent to it`, { hint: REVOKED }); // biome-ignore format: one line
  }
  if (/host key is known for|Host key verification failed/i.test(stderr)) {
    if (other !== undefined) return new FacsimileError("HOST_KEY_UNKNOWN", `the host key of ${other}, on the way to ${where}, is not known to your ssh`, { hint: `Compare it with its owner, and connect once by hand: ssh ${other}` }); // biome-ignore format: one line
    return new FacsimileError("HOST_KEY_UNKNOWN", `the host key of ${where} is not on record`, { hint: TRUST });
  }
  return undefined;
}

/** Another host that ssh complains about the key of: one on the way, which the user's own known_hosts vouches for. */
function jumpOf({ name }: SshEndpoint, stderr: string): string | undefined {
  const [, about] = /host key (?:is known )?for \[?([^\s\]]+)/i.exec(stderr) ?? [];
  return about?.toLowerCase() === name.toLowerCase() ? undefined : about;
}

const CHECK = "Check that it is up, and its address and port; try it with ssh -v.";

/** After the login. Dropbear takes commands of 9,000 bytes, and closes where one is longer, as ours is. */
const CUT_OFF = /^Connection to .* closed by remote host/m;
const NOT_OPENSSH =
  "It let you in, and closed. Does it run OpenSSH's sshd? Dropbear takes no command as long as ours. Else see the log of its sshd.";

const CROWDED =
  "It, or a host on the way to it, closed every attempt at once. Are they too many at a time? Lower deploy.parallel, or raise MaxStartups in that sshd_config.";

/** Why there is no line to speak on: ssh does not come to the first host, or that one not to the next, of which it says no more. */
const BEYOND = "stdio forwarding failed";
const OF_THE_WAY = new RegExp(`^(ssh: .*|${BEYOND})\\s*$`, "m");

/** Before a word of ssh was exchanged; sshd_config(5), MaxStartups, has sshd do so by chance where many come. */
function isTurnedAway(stderr: string): boolean {
  return /^kex_exchange_identification: .*\bconnection (closed|reset)\b/im.test(stderr) && !OF_THE_WAY.test(stderr);
}
