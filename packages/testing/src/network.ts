import net from "node:net";

export interface Network {
  /** E.g. `127.0.77`. */
  readonly prefix: string;
  readonly port: number;
  release(): void;
}

/** The same for all fleets: whoever listens on it owns the network. */
const PORT = 22022;

/** A network of loopback addresses on which nothing answers; nobody else gets it before `release`, or before this process ends. */
export async function reserveNetwork(hosts: number, wanted?: string): Promise<Network> {
  const prefixes = wanted === undefined ? Array.from({ length: 174 }, (_, i) => `127.0.${77 + i}`) : [wanted];
  for (const prefix of prefixes) {
    // No host has 254: who listens there is still starting, or has switched its hosts off.
    const mark = await listen(`${prefix}.254`);
    if (mark === undefined) continue;
    const release = () => void mark.close();
    if (await allFree(prefix, hosts)) return { prefix, port: PORT, release };
    release();
  }
  throw new Error(`port ${PORT} is taken on ${prefixes.length === 1 ? wanted : "every network from 127.0.77 on"}`);
}

async function allFree(prefix: string, hosts: number): Promise<boolean> {
  for (let i = 1; i <= hosts; i++) {
    const server = await listen(`${prefix}.${i}`);
    if (server === undefined) return false;
    await new Promise((resolve) => server.close(resolve));
  }
  return true;
}

function listen(address: string): Promise<net.Server | undefined> {
  return new Promise((resolve) => {
    const server = net.createServer().unref();
    server.once("error", () => resolve(undefined));
    server.listen(PORT, address, () => resolve(server));
  });
}
