import fs from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, it, onTestFinished } from "vitest";
import { connect } from "../src/index.ts";
import { hostsFor, login } from "./world.ts";

const hosts = await hostsFor(["web1", "jump"]);
const address = (name: string) => hosts.hosts.find((host) => host.name === name)?.address ?? "";

it("a kept connection through another program outlives the session that opened it", async () => {
  const config = `${hosts.dir}/through.config`;
  const through = `ssh -F ${config} -o HostKeyAlias=jump -o UserKnownHostsFile=${hosts.dir}/known_hosts -W %h:%p ${address("jump")}`;
  await fs.writeFile(
    config,
    `Host ${address("web1")}\n  ProxyCommand ${through}\n${await fs.readFile(hosts.sshConfig, "utf8")}`,
  );
  const open = () => connect({ kind: "ssh", name: "web1", address: address("web1") }, { env: { ...process.env, XDG_RUNTIME_DIR: hosts.dir }, knownHosts: `${hosts.dir}/known_hosts`, sshConfig: config, persist: 5 }); // biome-ignore format: one line
  const first = await open();
  const second = await open();
  onTestFinished(() => second.close());
  await first.close();
  await sleep(1000);
  expect(await second.readLock("shop")).toMatchObject({ lock: undefined });
}, 40_000);

it("a host that says nothing is given up also while its lock is renewed", async () => {
  const session = await login(hosts, "web1", { silence: 3 });
  await session.lock({ home: "shop", owner: "Ann", run: "r", lease: 3 });
  const agent = "p=$$; while read -r c < /proc/$p/comm && [ $c != sshd ] && [ $c != sshd-session ]; do last=$p; p=$(cut -d' ' -f4 /proc/$p/stat); done; kill -STOP $last; sleep 1"; // biome-ignore format: one line
  const stopping = session.run({ run: agent, instance: "staging", onOutput: () => undefined });
  await expect(stopping).rejects.toMatchObject({ code: "HOST_UNREACHABLE" });
}, 30_000);
