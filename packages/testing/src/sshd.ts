import { execFile, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import fs from "node:fs/promises";
import net from "node:net";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

const run = promisify(execFile);

export interface Sshd {
  readonly dir: string;
  readonly name: string;
  readonly address: string;
  readonly home: string;
  readonly port: number;
  /** Type and key, as `known_hosts` has them. */
  readonly key: string;
}

export interface SshdRequest {
  readonly dir: string;
  readonly name: string;
  readonly address: string;
  readonly port: number;
  readonly user: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Makes home, key and configuration of one host. */
export async function writeSshd(request: SshdRequest): Promise<Sshd> {
  const { dir, name, address, port } = request;
  const home = path.join(dir, "homes", name);
  await fs.mkdir(home, { recursive: true, mode: 0o755 });
  await keygen(path.join(dir, `${name}.key`));
  await fs.writeFile(path.join(dir, `${name}.enter`), ENTER, { mode: 0o755 });
  await fs.writeFile(path.join(dir, `${name}.conf`), configOf(request, home));
  const [type = "", key = ""] = (await fs.readFile(path.join(dir, `${name}.key.pub`), "utf8")).split(" ");
  return { dir, name, address, home, port, key: `${type} ${key}` };
}

/** Starts the sshd of a host in the background, and waits until it answers. */
export async function startSshd({ dir, name, address, port }: Sshd): Promise<void> {
  if (process.getuid?.() === 0) await fs.mkdir("/run/sshd", { recursive: true, mode: 0o755 });
  const log = path.join(dir, `${name}.log`);
  const child = spawn(sshdProgram(), ["-f", path.join(dir, `${name}.conf`), "-E", log], { stdio: "ignore", env: {} });
  const exitCode = await new Promise((resolve, reject) => child.once("exit", resolve).once("error", reject));
  for (let attempt = 0; exitCode === 0 && attempt < 500; attempt++) {
    if (await answers(address, port)) return;
    await sleep(10);
  }
  throw new Error(`sshd of ${name} does not answer on ${address}:${port}: ${await fs.readFile(log, "utf8")}`);
}

/** An ed25519 key without a passphrase, in `file` and `file.pub`. */
export async function keygen(file: string): Promise<void> {
  await run("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "fleet", "-f", file]);
}

/** What people and programs give to `ssh -F`. */
export function sshConfigOf(fleet: { dir: string; port: number; user: string; daemons: readonly Sshd[] }): string {
  const aliases = fleet.daemons.map(
    ({ name, address }) => `Host ${name}\n  HostName ${address}\n  HostKeyAlias ${name}\n`,
  );
  // curve25519: the default key exchange of OpenSSH 9 costs ten times the CPU, and the fleet shares ours.
  return `${aliases.join("")}Host *
  Port ${fleet.port}
  User ${fleet.user}
  IdentityFile ${path.join(fleet.dir, "id")}
  IdentitiesOnly yes
  IdentityAgent none
  UserKnownHostsFile ${path.join(fleet.dir, "known_hosts")}
  GlobalKnownHostsFile /dev/null
  StrictHostKeyChecking yes
  PreferredAuthentications publickey
  GSSAPIAuthentication no
  KexAlgorithms curve25519-sha256
  LogLevel ERROR
  ConnectTimeout 10
`;
}

// SetEnv HOME: the login shell would else read the start-up files of the real user, slow and noisy.
function configOf({ dir, name, address, port, user, env }: SshdRequest, home: string): string {
  const path_ = process.env["PATH"] ?? "/usr/local/bin:/usr/bin:/bin";
  const all = { HOME: home, PATH: path_, FACS_FLEET: dir, FACS_FLEET_HOST: name, ...env };
  const variables = Object.entries(all).map(([key, value]) => `"${key}=${value}"`);
  return `Port ${port}
ListenAddress ${address}
HostKey ${path.join(dir, `${name}.key`)}
PidFile ${path.join(dir, `${name}.pid`)}
AuthorizedKeysFile ${path.join(dir, "authorized_keys")}
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
AllowUsers ${user}
UseDNS no
PrintMotd no
X11Forwarding no
MaxStartups 1000:30:2000
MaxSessions 200
MaxAuthTries 20
LoginGraceTime 20
LogLevel INFO
SetEnv ${variables.join(" ")}
ForceCommand ${path.join(dir, `${name}.enter`)}
`;
}

// sshd goes to the home of the passwd file, whatever HOME says.
const ENTER = `#!/bin/sh
cd "$HOME" || exit 255
if [ -n "\${SSH_ORIGINAL_COMMAND:-}" ]; then exec "\${SHELL:-/bin/sh}" -c "$SSH_ORIGINAL_COMMAND"; fi
exec "\${SHELL:-/bin/sh}" -l
`;

function sshdProgram(): string {
  const found = ["/usr/sbin/sshd", "/usr/local/sbin/sshd", "/usr/bin/sshd"].find((file) => existsSync(file));
  if (found === undefined) throw new Error("sshd is not installed (Debian: apt-get install openssh-server)");
  return found;
}

function answers(address: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(port, address, () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
