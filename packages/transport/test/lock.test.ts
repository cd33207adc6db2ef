import { type ChildProcess, spawn } from "node:child_process";
import fs from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { manifestOf } from "@facsimile/manifest";
import { readTree } from "@facsimile/testing";
import { expect, it, onTestFinished } from "vitest";
import type { Lock } from "../src/index.ts";
import { deploy, hostsFor, lockOf, login, place, treeOfFiles } from "./world.ts";

const hosts = await hostsFor(["one", "two", "three", "four"]);

it("is held by one, and tells the other who, since and until when", async () => {
  const [ann, bob] = [await login(hosts, "one"), await login(hosts, "one")];
  const lock = await lockOf(ann, "run-1");
  const refused = bob.lock({ home: "shop", owner: "Bob", run: "run-2" });
  await expect(refused).rejects.toMatchObject({
    code: "LOCK_HELD",
    message: expect.stringMatching(/^one is locked by Ann \(deploy run-1\) since 20\S+Z, at least until 20\S+Z$/),
  });
  expect((await bob.probe(place)).lock).toMatchObject({ owner: "Ann", run: "run-1", reason: "deploy", expired: false });
  await lock.unlock();
  const second = await bob.lock({ home: "shop", owner: "Bob", run: "run-2" });
  await lock.unlock();
  expect((await ann.probe(place)).lock?.owner).toBe("Bob");
  await second.unlock();
  expect((await ann.probe(place)).lock).toBeUndefined();
  expect(await fs.readdir(`${ann.userHome}/shop/.facsimile`)).toEqual([]);
});

it("goes to exactly one of many who ask at once, free or expired", async () => {
  const sessions = await Promise.all(Array.from({ length: 6 }, () => login(hosts, "two")));
  for (let round = 0; round < 5; round++) {
    const asked = await Promise.allSettled(sessions.map((session, i) => session.lock({ home: "shop", owner: `${i}`, run: `${round}`, lease: 1 }))); // biome-ignore format: one line
    const held = asked.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
    expect(held).toHaveLength(1);
    for (const each of asked) if (each.status === "rejected") expect(each.reason).toMatchObject({ code: "LOCK_HELD" });
    if (round % 2 === 0) await held[0]?.unlock();
    else await expire("two", held[0]);
  }
});

/** As if its holder had been dead for long. */
async function expire(host: string, lock: Lock | undefined): Promise<void> {
  const folder = `${hosts.hosts.find(({ name }) => name === host)?.home}/shop/.facsimile/lock`;
  for (const name of await fs.readdir(folder)) {
    if (name.startsWith(lock?.token ?? "-")) await fs.rename(`${folder}/${name}`, `${folder}/${lock?.token}.1000`);
  }
}

it("is taken over when its lease ran out, and the one who lost it can change nothing more", async () => {
  const [ann, bob] = [await login(hosts, "three"), await login(hosts, "three")];
  const nodes = await treeOfFiles({ a: "1" });
  const lock = await lockOf(ann, "run-1");
  const staged = await deploy(lock, nodes);
  await expire("three", lock);
  const taken = await bob.lock({ home: "shop", owner: "Bob", run: "run-2" });
  onTestFinished(() => taken.unlock());
  const target = { dir: staged.dir, release: undefined };
  const entry = { release: staged.dir, dir: staged.dir, version: "1", run: "r", by: "Ann", at: "", action: "deploy" };
  for (const change of [
    () => lock.renew(),
    () => lock.switch(place, target),
    () => lock.switch(place, undefined),
    () => lock.runHook(place, { run: "touch canary", release: "" }),
    () => lock.record(place, { release: staged.dir, files: { manifest: "x" } }),
    () => lock.confirm(place, { entry }),
    () => lock.list(place),
    async () => lock.stage(place, { tree: nodes, manifest: await manifestOf(nodes), run: "r" }),
  ]) {
    await expect(change()).rejects.toMatchObject({ code: "LOCK_LOST" });
  }
  expect((await bob.probe(place)).current?.dir).toBe(staged.dir);
  expect((await bob.probe(place)).lock?.owner).toBe("Bob");
});

it("is renewed while the session works, however long that takes", async () => {
  const [ann, bob] = [await login(hosts, "three"), await login(hosts, "three")];
  const lock = await lockOf(ann, "run-1", 4);
  const hook = lock.runHook(place, { run: "sleep 7", release: "" });
  for (let second = 0; second < 6; second++) {
    await sleep(1000);
    await expect(bob.lock({ home: "shop", owner: "Bob", run: "run-2" })).rejects.toMatchObject({ code: "LOCK_HELD" });
  }
  expect((await hook).exitCode).toBe(0);
});

it("frees nothing when its process is killed in the middle of staging; when the lease is over the next run converges", async () => {
  const session = await login(hosts, "four");
  const base = `${session.userHome}/shop/storefront`;
  const first = await lockOf(session);
  const before = await deploy(first, await treeOfFiles({ app: "old" }));
  await first.unlock();
  for (const pause of [0, 60, 150]) {
    const child = await stagingProcess(pause);
    child.kill("SIGKILL");
    await new Promise((resolve) => child.once("exit", resolve));
    expect(await fs.readFile(`${base}/current/app`, "utf8")).toBe("old");
    await expect(session.lock({ home: "shop", owner: "Ann", run: "next" })).rejects.toMatchObject({
      code: "LOCK_HELD",
    });
    await sleep(3100);
  }
  const nodes = await treeOfFiles({ app: "new" });
  const lock = await lockOf(session, "next");
  const staged = await deploy(lock, nodes, { run: "next" });
  expect(await readTree(`${base}/current/`)).toEqual({ app: "file 644 new" });
  expect((await fs.readdir(`${base}/releases`)).sort()).toEqual([before.dir, staged.dir].sort());
});

/** Another process that stages 3,000 files again and again, `pause` ms after it began. */
async function stagingProcess(pause: number): Promise<ChildProcess> {
  const host = hosts.hosts.find(({ name }) => name === "four");
  const script = `
    import { createServer } from "vite";
    const vite = await createServer({ configFile: false, root: process.argv[1], server: { middlewareMode: true, ws: false, watch: null }, logLevel: "silent",
      resolve: { conditions: ["@facsimile/source"] }, ssr: { resolve: { conditions: ["@facsimile/source"] } } });
    const { connect } = await vite.ssrLoadModule("/packages/transport/src/index.ts");
    const { manifestOf } = await vite.ssrLoadModule("/packages/manifest/src/index.ts");
    const bytes = Buffer.alloc(200, 1);
    const tree = new Map(Array.from({ length: 3000 }, (_, i) => ["f" + i, { type: "file", mode: 0o600, content: { bytes }, secrets: ["s"] }]));
    const manifest = await manifestOf(tree);
    const session = await connect({ kind: "ssh", name: "four", address: "${host?.address}" },
      { env: process.env, knownHosts: "${hosts.dir}/known_hosts", sshConfig: "${hosts.sshConfig}", tmpDir: "${hosts.dir}" });
    const lock = await session.lock({ home: "shop", owner: "Bob", run: "killed", lease: 2 });
    process.stdout.write("locked\\n");
    await lock.stage({ home: "shop", instance: "staging", project: "storefront" }, { tree, manifest, run: "killed" });
    process.stdout.write("too late\\n");
  `;
  const root = fileURLToPath(new URL("../../..", import.meta.url));
  const vite = import.meta.resolve("vite", import.meta.resolve("vitest"));
  const child = spawn(process.execPath, ["--input-type=module", "-e", script.replace('"vite"', JSON.stringify(vite)), root], { stdio: ["ignore", "pipe", "inherit"], cwd: root }); // biome-ignore format: one line
  const said: string[] = [];
  await new Promise((resolve) => child.stdout?.on("data", (text: Buffer) => resolve(said.push(text.toString()))));
  await sleep(pause);
  expect(said.join("")).toBe("locked\n");
  return child;
}
