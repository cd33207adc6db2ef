import { accessSync, constants, readdirSync } from "node:fs";
import fs from "node:fs/promises";
import http from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { tree } from "@facsimile/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type DeployWorld, deployWorld, outcomes } from "./deploy-world.ts";
import { write } from "./world.ts";

const PATH = (process.env["PATH"] ?? "/usr/bin:/bin").split(":");
/** What fetches on a host of that name, each with the program that it is. */
const CLIENTS = { "curl.eu": programOf("curl"), "wget.eu": programOf("wget"), "busybox.eu": programOf("busybox") };
type Name = keyof typeof CLIENTS;
const NAMES = Object.keys(CLIENTS) as Name[];

/** For what needs a program: where it is missing, the test is skipped, and counted. */
const itWith = (name: Name) => it.runIf(CLIENTS[name] !== undefined);

describe("health", { timeout: 60_000 }, () => {
  let shop: DeployWorld;
  let web: Web;
  beforeAll(async () => {
    const bins = Object.fromEntries(await Promise.all(NAMES.map(async (name) => [name, await onlyClient(name)])));
    shop = await deployWorld(NAMES, { env: (name) => ({ PATH: bins[name] }) });
    web = await startWeb();
  });
  afterAll(async () => {
    await web.stop();
    await shop.stopAll();
  });
  beforeEach(async () => {
    await shop.define({ banner: "old" });
    expect((await shop.deploy()).outcome).toMatch(/done|unchanged/);
    web.answer(() => 200);
  });

  async function deployOn(host: Name, health: string) {
    await shop.define({ deploy: `health: ${health},`, banner: "new" });
    const began = performance.now();
    const report = await shop.deploy({ filter: { hosts: [host] } });
    const banner = (await shop.banners())[NAMES.indexOf(host)];
    return { report, banner, problem: report.hosts.find((one) => one.host === host)?.problem, ms: performance.now() - began }; // biome-ignore format: one line
  }

  describe.each(NAMES)("of an address, on %s", (host) => {
    const test = itWith(host);

    test("is asked once where it is well", async () => {
      const { report, banner } = await deployOn(host, `{ http: "${web.url}/ready" }`);
      expect([report.outcome, banner]).toEqual(["done", "new"]);
      expect(web.asked.map(({ url }) => url)).toEqual(["/ready"]);
    });

    test("is asked again until it is well, with a pause between", async () => {
      web.answer((times) => (times < 3 ? 500 : 200));
      const { report, banner } = await deployOn(host, `{ http: "${web.url}/", retries: 4, interval: 0.4 }`);
      expect([report.outcome, banner]).toEqual(["done", "new"]);
      const [first = 0, second = 0, third = 0, ...more] = web.asked.map(({ at }) => at);
      expect(Math.min(second - first, third - second)).toBeGreaterThan(390);
      expect(more).toEqual([]);
    });

    test("that never is: as often as retries say, then the host goes back", async () => {
      web.answer(() => 503);
      const { report, banner, problem } = await deployOn(host, `{ http: "${web.url}/", retries: 2, interval: 0.1 }`);
      expect([report.outcome, banner]).toEqual(["failed", "old"]);
      expect(outcomes(report)).toMatchObject({ [host]: "failed" });
      expect(problem?.code).toBe("UNHEALTHY");
      expect(problem?.message).toContain(`${host} is not healthy: \`${web.url}/\` failed 3 times`);
      expect(web.asked).toHaveLength(3);
    });

    test("that takes the request and says nothing is ended by its timeout", async () => {
      web.answer(() => undefined);
      const { report, banner, ms } = await deployOn(host, `{ http: "${web.url}/", retries: 0, timeout: 1 }`);
      expect([report.outcome, banner]).toEqual(["failed", "old"]);
      expect(ms).toBeLessThan(15_000);
    });

    test("reaches neither shell, nor options, nor a pattern of addresses", async () => {
      const odd = "/-o/;>$HOME/gone?a={b,c}&d=[1-3]&e=$(>$HOME/gone)&f=`>gone`&g='|*";
      const { report } = await deployOn(host, JSON.stringify({ http: `${web.url}${odd}`, retries: 0 }));
      expect(report.outcome).toBe("done");
      expect(web.asked.map(({ url }) => decodeURIComponent(url))).toEqual([odd]);
      expect(await shop.read(host, "gone")).toBeUndefined();
      expect((await shop.verify()).filter((line) => !line.includes("of release"))).toEqual([]);
    });

    test("where nobody listens, is not well", async () => {
      const { report, banner } = await deployOn(host, `{ http: "http://127.0.0.1:1/", retries: 1, interval: 0.1 }`);
      expect([report.outcome, banner]).toEqual(["failed", "old"]);
    });
  });

  it("of a command: tried again until it is well, each try with its own time; of several, all must be", async () => {
    const host = NAMES[0] as Name;
    const slow = `{ run: 'echo >> $HOME/tries; test $(wc -l < $HOME/tries) -gt 1 || sleep 60', timeout: 0.5, interval: 0.1 }`;
    const late = `{ run: 'echo >> $HOME/later; test $(wc -l < $HOME/later) -gt 2', retries: 2, interval: 0.1 }`;
    const { report, banner, ms } = await deployOn(host, `[${slow}, ${late}]`);
    expect([report.outcome, banner]).toEqual(["done", "new"]);
    expect(ms).toBeLessThan(20_000);
    expect([await shop.read(host, "tries"), await shop.read(host, "later")]).toEqual(["\n\n", "\n\n\n"]);
    await shop.define({
      deploy: `health: [{ run: "true" }, { run: "echo ill; false", retries: 0 }],`,
      banner: "newer",
    });
    const ill = await shop.deploy({ filter: { hosts: [host] } });
    expect(ill.hosts.find((one) => one.host === host)?.problem?.message).toBe(
      `${host} is not healthy: \`echo ill; false\` failed:\n    ill`,
    );
  });

  it("is told of a host only where it was asked in this run: not of an exact one, nor of a renamed release", async () => {
    const healthy = async (request?: Parameters<typeof shop.deploy>[0]) =>
      (await shop.deploy(request)).hosts.flatMap((host) => (host.healthy ? [host.host] : []));
    await shop.define({ banner: "unasked" });
    expect(await healthy()).toEqual([]);
    await shop.define({ deploy: `health: { run: "true" },`, banner: "asked" });
    expect(await healthy({ filter: { hosts: [NAMES[0] as Name] } })).toEqual([NAMES[0]]);
    expect(await healthy()).toEqual(NAMES.slice(1));
    // One host has another file now; the others keep their trees.
    const mine = `{% if host.name == "${NAMES[0]}" %}mine{% endif %}`;
    await write(shop.root, { "tmpl/shop/_ALL_/_HOST_/etc/banner": `{{ instance.banner }}${mine}` });
    const { hosts } = await shop.deploy();
    expect(hosts.map(({ outcome, healthy }) => [outcome, healthy])).toEqual(NAMES.map((_, index) => ["done", index === 0])); // biome-ignore format: one line
  });
});

interface Web {
  readonly url: string;
  /** What was asked since the last {@link Web.answer}. */
  readonly asked: { readonly url: string; readonly at: number }[];
  /** From now on: the status for the n-th request, or no answer at all. */
  answer(status: (times: number) => number | undefined): void;
  stop(): Promise<void>;
}

async function startWeb(): Promise<Web> {
  const asked: Web["asked"] = [];
  let statusOf: (times: number) => number | undefined = () => 200;
  const server = http.createServer(({ url = "" }, response) => {
    asked.push({ url, at: performance.now() });
    const status = statusOf(asked.length);
    if (status !== undefined) response.writeHead(status).end("so it is\n");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    answer: (status) => {
      asked.length = 0;
      statusOf = status;
    },
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A folder with every program of this machine, but of those that fetch at most one. */
async function onlyClient(name: Name): Promise<string> {
  const bin = await tree({}, { onFinished: afterAll });
  const client = CLIENTS[name];
  const links = new Map(
    PATH.flatMap((dir) => namesIn(dir).map((file): [string, string] => [file, path.join(dir, file)])),
  );
  for (const one of ["curl", "wget"]) links.delete(one);
  if (client !== undefined) links.set(name === "curl.eu" ? "curl" : "wget", client);
  for (const [file, to] of links) await fs.symlink(to, path.join(bin, file));
  return bin;
}

function namesIn(dir: string): string[] {
  try {
    return readdirSync(dir);
  } catch {
    return []; // PATH may name what is not there.
  }
}

function programOf(name: string): string | undefined {
  return PATH.map((dir) => path.join(dir, name)).find((file) => {
    try {
      accessSync(file, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
