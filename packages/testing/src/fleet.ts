import fs from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { killHost, removeFleetSync } from "./cleanup.ts";
import { type Network, reserveNetwork } from "./network.ts";
import { keygen, type Sshd, sshConfigOf, startSshd, writeSshd } from "./sshd.ts";

export interface FleetHost {
  readonly name: string;
  /** On loopback, e.g. `127.0.77.1`. */
  readonly address: string;
  /** Its login's home, absolute. */
  readonly home: string;
}

export interface Fleet {
  /** Everything of the fleet lies here. */
  readonly dir: string;
  readonly hosts: readonly FleetHost[];
  readonly port: number;
  readonly user: string;
  /** For `ssh -F`: port, user and key for every address, and the hosts by name. */
  readonly sshConfig: string;
  /** The hosts' keys, by host name, as the text of a `known_hosts` file; also in `<dir>/known_hosts`. */
  readonly knownHosts: string;
  /** First three numbers of the addresses, e.g. `127.0.77`. */
  readonly network: string;
  /** Switches one host off: its sshd, its sessions, and everything they started. `which`: name, or number from 1. */
  stop(which: string | number): Promise<void>;
  /** Switches a host on again; its files are as it left them. */
  start(which: string | number): Promise<void>;
  /** Ends all hosts and every process they started, and removes `dir`. May be called twice. */
  stopAll(): Promise<void>;
  /** Lets the fleet outlive this process; {@link stopFleet} ends it later. */
  keep(): void;
}

export interface FleetOptions {
  /** First three numbers of the addresses. Default: the first of 127.0.77 … 127.0.250 that nobody uses. */
  readonly network?: string;
  /** Default: a new folder beneath the system's one for temporary files. */
  readonly dir?: string;
  /** Variables of a host's sessions, on top of HOME, PATH, FACS_FLEET and FACS_FLEET_HOST. */
  readonly env?: (name: string) => Readonly<Record<string, string>>;
  /** Called with what ends the fleet, e.g. vitest's `onTestFinished` or `afterAll`. */
  readonly onFinished?: (stop: () => Promise<void>) => void;
}

/**
 * Starts real sshd hosts on loopback addresses, as the user who runs this; each has its own home. Linux only.
 * They end with {@link Fleet.stopAll}, and when this process does, also by SIGINT or SIGTERM.
 * @param names names of the hosts, or how many (`h1`, `h2`, …)
 */
export async function fleet(names: readonly string[] | number, options: FleetOptions = {}): Promise<Fleet> {
  const list = typeof names === "number" ? Array.from({ length: names }, (_, i) => `h${i + 1}`) : names;
  const dir = options.dir ?? (await fs.mkdtemp(path.join(os.tmpdir(), "facs-fleet-")));
  await fs.mkdir(dir, { recursive: true, mode: 0o700 });
  const disown = ownUntilExit(dir);
  const network = await reserveNetwork(list.length, options.network);
  try {
    const started = await startAll({ dir, list, network, env: options.env ?? (() => ({})) });
    options.onFinished?.(started.stopAll);
    return { ...started, keep: disown };
  } catch (error) {
    removeFleetSync(dir);
    network.release();
    throw error;
  }
}

interface Plan {
  readonly dir: string;
  readonly list: readonly string[];
  readonly network: Network;
  readonly env: (name: string) => Readonly<Record<string, string>>;
}

async function startAll({ dir, list, network, env }: Plan): Promise<Omit<Fleet, "keep">> {
  const user = os.userInfo().username;
  await keygen(path.join(dir, "id"));
  await fs.copyFile(path.join(dir, "id.pub"), path.join(dir, "authorized_keys"));
  const prepare = async (name: string, index: number): Promise<Sshd> => {
    const address = `${network.prefix}.${index + 1}`;
    return await writeSshd({ dir, name, address, port: network.port, user, env: env(name) });
  };
  const daemons = await Promise.all(list.map(prepare));
  const knownHosts = daemons.map(({ name, key }) => `${name} ${key}\n`).join("");
  await fs.writeFile(path.join(dir, "known_hosts"), knownHosts);
  const sshConfig = path.join(dir, "ssh_config");
  await fs.writeFile(sshConfig, sshConfigOf({ dir, port: network.port, user, daemons }));
  await Promise.all(daemons.map(startSshd));

  const find = (which: string | number): Sshd => {
    const found = typeof which === "number" ? daemons[which - 1] : daemons.find(({ name }) => name === which);
    if (found === undefined) throw new Error(`this fleet has no host ${which}`);
    return found;
  };
  return {
    dir,
    hosts: daemons.map(({ name, address, home }) => ({ name, address, home })),
    port: network.port,
    user,
    sshConfig,
    knownHosts,
    network: network.prefix,
    stop: async (which) => killHost(find(which)),
    start: async (which) => startSshd(find(which)),
    stopAll: async () => {
      removeFleetSync(dir);
      network.release();
    },
  };
}

/** Ends a fleet that was started elsewhere and kept, by its folder. */
export function stopFleet(dir: string): void {
  removeFleetSync(dir);
}

const owned = new Set<string>();
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

function ownUntilExit(dir: string): () => void {
  if (owned.size === 0) {
    process.on("exit", endOwned);
    for (const signal of SIGNALS) process.on(signal, endBySignal);
  }
  owned.add(dir);
  return () => owned.delete(dir);
}

function endOwned(): void {
  for (const dir of owned) removeFleetSync(dir);
  owned.clear();
}

function endBySignal(signal: NodeJS.Signals): void {
  endOwned();
  for (const each of SIGNALS) process.off(each, endBySignal);
  // Others (a test runner, the demo) may have their own ideas about the signal; alone, die of it as if never caught.
  if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
}
