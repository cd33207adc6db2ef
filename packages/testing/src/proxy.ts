import net from "node:net";

/** A way to a host that breaks when it is told to, and counts what goes through it. */
export interface Proxy {
  /** On 127.0.0.1. */
  readonly port: number;
  /** Bytes that reached the host, and that came from it, since the last {@link Proxy.cutAfter}. */
  readonly passed: Readonly<Passed>;
  /** Counts anew, and breaks every connection once so many bytes went that way; the byte after them never arrives. Default: never. */
  cutAfter(limits: Partial<Passed>): void;
  stop(): Promise<void>;
}

interface Passed {
  /** To the host. */
  up: number;
  /** From it. */
  down: number;
}

export interface ProxyOptions {
  readonly address: string;
  readonly port: number;
  /** Called with what ends it, e.g. vitest's `afterAll`. */
  readonly onFinished?: (stop: () => Promise<void>) => void;
}

/** Listens, and hands on to `address:port` what arrives. */
export async function proxyTo({ address, port, onFinished }: ProxyOptions): Promise<Proxy> {
  const passed: Passed = { up: 0, down: 0 };
  let limits: Passed = { up: Number.POSITIVE_INFINITY, down: Number.POSITIVE_INFINITY };
  const sockets = new Set<net.Socket>();
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  const hand = (from: net.Socket, to: net.Socket, way: keyof Passed) => {
    sockets.add(from);
    from.on("error", () => undefined).on("close", () => sockets.delete(from) && to.destroy());
    from.on("data", (chunk: Buffer) => {
      const left = limits[way] - passed[way];
      to.write(chunk.subarray(0, left));
      passed[way] += Math.min(chunk.length, left);
      if (chunk.length > left) cut();
    });
  };
  const server = net.createServer((client) => {
    const host = net.connect(port, address);
    hand(client, host, "up");
    hand(host, client, "down");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const stop = async () => {
    cut();
    await new Promise((resolve) => server.close(resolve));
  };
  onFinished?.(stop);
  const cutAfter: Proxy["cutAfter"] = ({ up = Number.POSITIVE_INFINITY, down = Number.POSITIVE_INFINITY }) => {
    limits = { up, down };
    Object.assign(passed, { up: 0, down: 0 });
  };
  return { port: (server.address() as net.AddressInfo).port, passed, cutAfter, stop };
}
