import { get } from "node:http";
import { createServer } from "node:net";

/** What a shop answers, over a connection of its own: a kept one may lead to the server that ran there before. */
export async function ask(url, signal) {
  const text = await new Promise((resolve, reject) => {
    const request = get(url, { agent: false, timeout: 5000, signal }, (response) => {
      let body = "";
      response.setEncoding("utf8").on("data", (data) => (body += data)).on("end", () => resolve(body)).on("error", reject); // biome-ignore format: one line
    });
    request.on("timeout", () => request.destroy(new Error("no answer within 5 s"))).on("error", reject);
  });
  return JSON.parse(text);
}

/**
 * The first port from `first` on, in steps of 100, that nobody uses. Demos that start together get different ones: each listens on the port
 * at another address of the loopback network for as long as it runs.
 */
export async function findPort(first) {
  for (let port = first; port <= 65_535; port += 100) {
    const held = await listen(port, "127.0.0.254");
    if (held === undefined) continue;
    const probe = await listen(port, "127.0.0.1");
    if (probe !== undefined) {
      await new Promise((resolve) => probe.close(resolve));
      return port;
    }
    held.close();
  }
  throw new Error(`every port from ${first} on is taken`);
}

function listen(port, address) {
  return new Promise((resolve) => {
    const server = createServer((socket) => socket.destroy()).unref();
    server.once("error", () => resolve(undefined)).listen(port, address, () => resolve(server));
  });
}
