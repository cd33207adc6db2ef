import fs from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { tree } from "@facsimile/testing";
import { expect, it, onTestFinished } from "vitest";
import { connect, type Session } from "../src/index.ts";
import { hostsFor, login } from "./world.ts";

const hosts = await hostsFor(["web1", "jump"]);
const address = (name: string) => hosts.hosts.find((host) => host.name === name)?.address ?? "";

/** Opens sessions by way of another host, which keep their connection. */
async function through(): Promise<(signal?: AbortSignal) => Promise<Session>> {
  const config = `${hosts.dir}/through.config`;
  const way = `ssh -F ${config} -o HostKeyAlias=jump -o UserKnownHostsFile=${hosts.dir}/known_hosts -W %h:%p ${address("jump")}`;
  await fs.writeFile(
    config,
    `Host ${address("web1")}\n  ProxyCommand ${way}\n${await fs.readFile(hosts.sshConfig, "utf8")}`,
  );
  const base = await tree({}, { onFinished: onTestFinished });
  return (signal) => connect({ kind: "ssh", name: "web1", address: address("web1") }, { env: { ...process.env, XDG_RUNTIME_DIR: base }, knownHosts: `${hosts.dir}/known_hosts`, sshConfig: config, persist: 5, signal }); // biome-ignore format: one line
}

/** Stops whatever of the session is between its sshd and this command. */
const FREEZE =
  "p=$$ all=; while read -r c < /proc/$p/comm && [ $c != sshd ] && [ $c != sshd-session ]; do [ $p = $$ ] || all=\"$all $p\"; p=$(cut -d' ' -f4 /proc/$p/stat); done; kill -STOP $all; sleep 1";

it("a kept connection through another program outlives the session that opened it", async () => {
  const open = await through();
  const first = await open();
  const second = await open();
  onTestFinished(() => second.close());
  await first.close();
  await sleep(1000);
  expect(await second.readLock("shop")).toMatchObject({ lock: undefined });
}, 40_000);

it("and one that is stopped while its host is busy, and has to be ended", async () => {
  const open = await through();
  const stop = new AbortController();
  const first = await open(stop.signal);
  const second = await open();
  onTestFinished(() => second.close());
  // All of that session stands still there.
  const freezing = first.run({ run: FREEZE, instance: "staging", onOutput: () => undefined });
  freezing.catch(() => undefined);
  await sleep(1500);
  const riding = second.run({ run: "sleep 4; echo done", instance: "staging", onOutput: () => undefined });
  riding.catch(() => undefined);
  stop.abort(new Error("stopped"));
  await first.close();
  expect(await riding).toMatchObject({ exitCode: 0 });
}, 40_000);

it("a host that says nothing is given up also while its lock is renewed", async () => {
  const session = await login(hosts, "web1", { silence: 3 });
  await session.lock({ home: "shop", owner: "Ann", run: "r", lease: 3 });
  const stopping = session.run({ run: FREEZE, instance: "staging", onOutput: () => undefined });
  await expect(stopping).rejects.toMatchObject({ code: "HOST_UNREACHABLE" });
}, 30_000);
