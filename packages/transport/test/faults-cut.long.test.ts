import { effort, proxyTo } from "@facsimile/testing";
import { expect, it, onTestFinished } from "vitest";
import { brokenOff } from "./broken-off.ts";
import { hostsFor } from "./world.ts";

const hosts = await hostsFor(["up", "down"]);

it.each(["up", "down"] as const)(
  "a connection that breaks at any byte %s leaves a complete release, and the next run converges",
  { timeout: 1_200_000 },
  async (way) => {
    const address = hosts.hosts.find(({ name }) => name === way)?.address ?? "";
    const proxy = await proxyTo({ address, port: hosts.port, onFinished: onTestFinished });
    const work = await brokenOff(hosts, { name: way, endpoint: { address: "127.0.0.1", port: proxy.port } });
    proxy.cutAfter({});
    await work.check("whole", await work.attempt());
    const total = proxy.passed[way];
    expect(total).toBeGreaterThan(5000);
    const rounds = effort({ short: 5, long: 100 });
    let failures = 0;
    for (let round = 0; round < rounds; round++) {
      const bytes = Math.floor((total * round) / rounds);
      proxy.cutAfter({ [way]: bytes });
      const outcome = await work.attempt();
      if (outcome instanceof Error) failures++;
      await work.check(`${way} ${bytes} of ${total}`, outcome);
    }
    expect(failures).toBeGreaterThan(rounds * 0.7);
  },
);
