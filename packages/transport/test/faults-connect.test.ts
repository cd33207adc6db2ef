import { randomBytes } from "node:crypto";
import fs from "node:fs/promises";
import net from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { proxyTo, tree } from "@facsimile/testing";
import { expect, it, onTestFinished } from "vitest";
import { connect, fanOut, scanHostKey } from "../src/index.ts";
import { hostsFor, login } from "./world.ts";

const hosts = await hostsFor(["a", "b", "c", "d"]);
const options = { env: process.env, knownHosts: `${hosts.dir}/known_hosts`, sshConfig: hosts.sshConfig };
const addressOf = (name: string) => hosts.hosts.find((host) => host.name === name)?.address ?? "";

/** A port of this machine that says something to whoever comes, and nothing more. */
async function listening(greet: (socket: net.Socket) => void): Promise<number> {
  const sockets = new Set<net.Socket>();
  const server = net.createServer((socket) => {
    sockets.add(socket.on("error", () => undefined));
    greet(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as net.AddressInfo).port;
}

it("a host that accepts and never answers holds up nobody else, and costs no more than its deadline", async () => {
  const port = await listening(() => undefined);
  const ended: string[] = [];
  const work = async (name: string) => {
    const silent = { kind: "ssh", name, address: "127.0.0.1", port } as const;
    const opening = name === "silent" ? connect(silent, { ...options, connectTimeout: 6 }) : login(hosts, name);
    await opening.finally(() => ended.push(name));
  };
  const began = performance.now();
  const outcomes = await fanOut(["silent", "a", "b", "c", "d"], { limit: 2, work });
  // One attempt: it waits for its deadline once, and not again.
  expect(performance.now() - began).toBeLessThan(2 * 6000);
  expect(ended.slice(0, 4).sort()).toEqual(["a", "b", "c", "d"]);
  expect(outcomes.map(({ status }) => status)).toEqual(["failed", "done", "done", "done", "done"]);
  expect(outcomes[0]).toMatchObject({ error: { code: "HOST_UNREACHABLE" } });
});

it.each([
  { banner: "another protocol's", bytes: Buffer.from("HTTP/1.1 400 Bad Request\r\n\r\n") },
  { banner: "an endless", bytes: Buffer.alloc(1_000_000, "x") },
  { banner: "a random", bytes: randomBytes(5000) },
  { banner: "a steering", bytes: Buffer.from("\u001b[2J\u001b]0;owned\u0007\r\n".repeat(2000)) },
  { banner: "a right, then no word of ssh", bytes: Buffer.concat([Buffer.from("SSH-2.0-x\r\n"), randomBytes(5000)]) },
  { banner: "no", bytes: Buffer.alloc(0) },
])("$banner banner is a host that cannot be reached, in words that steer no terminal", async ({ bytes }) => {
  const port = await listening((socket) => socket.end(bytes));
  const error = await connect({ kind: "ssh", name: "a", address: "127.0.0.1", port }, options).catch((told) => told);
  expect(error).toMatchObject({ code: "HOST_UNREACHABLE", message: expect.stringMatching(/^a \(127\.0\.0\.1\) cannot be reached: /) }); // biome-ignore format: one line
  expect(error.message).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
});

/** Hears nothing, nor does what it starts; neither ends by itself. */
const DEAF = `trap "" TERM HUP PIPE; sleep 1000 & sleep 1000; :`;

it.each([
  { which: "ssh", program: `#!/bin/sh\n${DEAF}\n`, way: "" },
  { which: "the way to a host", program: '#!/bin/sh\nexec /usr/bin/ssh "$@"\n', way: `ProxyCommand sh -c '${DEAF}'\n` },
])("$which that hears nothing is gone with all that it started when its time is up", async ({ program, way }) => {
  const config = `${way}${await fs.readFile(hosts.sshConfig, "utf8")}`;
  const folder = await tree({ config, ssh: { content: program, mode: 0o755 } }, { onFinished: onTestFinished });
  const env = { ...process.env, MARK: folder, PATH: `${folder}:${process.env["PATH"]}` };
  onTestFinished(async () => { for (const pid of await withVariable(`MARK=${folder}`)) process.kill(pid, "SIGKILL"); }); // biome-ignore format: one line
  const endpoint = { kind: "ssh", name: "a", address: addressOf("a") } as const;
  const opening = connect(endpoint, { ...options, env, sshConfig: `${folder}/config`, connectTimeout: 1 }).catch((told) => told); // biome-ignore format: one line
  while ((await withVariable(`MARK=${folder}`)).length < 3) await sleep(20);
  expect(await opening).toMatchObject({ code: "HOST_UNREACHABLE" });
  for (let tries = 0; tries < 100 && (await withVariable(`MARK=${folder}`)).length > 0; tries++) await sleep(20);
  expect(await withVariable(`MARK=${folder}`)).toEqual([]);
});

/** The processes that have it in their environment, as whoever they start does. */
async function withVariable(line: string): Promise<number[]> {
  const pids = (await fs.readdir("/proc")).map(Number).filter((pid) => pid > 0);
  const has = async (pid: number) => (await fs.readFile(`/proc/${pid}/environ`, "latin1").catch(() => "")).split("\0").includes(line); // biome-ignore format: one line
  const found = await Promise.all(pids.map(async (pid) => ((await has(pid)) ? [pid] : [])));
  return found.flat();
}

it("a host that lets in and closes is told as that: another sshd may take no command as long as ours", async () => {
  const enter = `${hosts.dir}/d.enter`;
  const plain = await fs.readFile(enter, "utf8");
  onTestFinished(() => fs.writeFile(enter, plain));
  // A shell may be between it and the sshd of this login.
  const up = "case $(cat /proc/$p/comm) in sshd*) break ;; esac; p=$(sed -n 's/^PPid:.//p' /proc/$p/status)";
  await fs.writeFile(enter, `#!/bin/sh\np=$PPID\nwhile :; do ${up}; done\nkill -9 $p\n`);
  await expect(login(hosts, "d")).rejects.toMatchObject({
    code: "HOST_UNREACHABLE",
    message: expect.stringContaining("closed by remote host"),
    hint: expect.stringContaining("Dropbear"),
  });
});

it("a host that says who it is, and nothing more, is not waited for when its key is asked for", async () => {
  const port = await listening((socket) => socket.write("SSH-2.0-x\r\n"));
  const asked = scanHostKey({ kind: "ssh", name: "a", address: "127.0.0.1", port }, { ...options, connectTimeout: 1 });
  await expect(asked).rejects.toMatchObject({ code: "HOST_UNREACHABLE" });
});

it("the user's ssh_config sees his variables, and none of ours", async () => {
  const seen = await tree({}, { onFinished: onTestFinished });
  const text = (await fs.readFile(hosts.sshConfig, "utf8")).replace(
    `IdentityFile ${hosts.dir}/`,
    "IdentityFile ${MY_KEYS}/",
  );
  expect(text).toContain("MY_KEYS");
  const config = `Match exec "env > ${seen}/env"\n${text}`;
  const sshConfig = `${await tree({ config }, { onFinished: onTestFinished })}/config`;
  const env = { ...process.env, MY_KEYS: hosts.dir, FACS_PGP_KEY: "a private key" };
  const session = await connect({ kind: "ssh", name: "a", address: addressOf("a") }, { ...options, env, sshConfig });
  await session.close();
  expect(await fs.readFile(`${seen}/env`, "utf8")).toMatch(/^MY_KEYS=/m);
  expect(await fs.readFile(`${seen}/env`, "utf8")).not.toContain("FACS_PGP_KEY");
});

it("no key counts that the ssh_config knows from elsewhere", async () => {
  const key = hosts.knownHosts
    .split("\n")
    .find((line) => line.startsWith("a "))
    ?.slice(2);
  const config = `Host *\n  KnownHostsCommand /bin/echo stranger ${key}\n${await fs.readFile(hosts.sshConfig, "utf8")}`;
  const sshConfig = `${await tree({ config }, { onFinished: onTestFinished })}/config`;
  const opening = connect({ kind: "ssh", name: "stranger", address: addressOf("a") }, { ...options, sshConfig });
  await expect(opening).rejects.toMatchObject({ code: "HOST_KEY_UNKNOWN" });
});

it("what closes at once is asked three times more, what says something else is not; a crowded sshd lets all in", async () => {
  for (const [banner, attempts] of [
    ["", 4],
    [`SSH-2.0-x\r\n${"no ssh ".repeat(9)}`, 1],
  ] as const) {
    let came = 0;
    const port = await listening((socket) => {
      came++;
      socket.end(banner);
    });
    const opening = connect({ kind: "ssh", name: "a", address: "127.0.0.1", port }, options);
    await expect(opening).rejects.toMatchObject({ code: "HOST_UNREACHABLE" });
    expect([banner, came]).toEqual([banner, attempts]);
  }
  const [config, said] = [`${hosts.dir}/c.conf`, await logOf("c")];
  await fs.writeFile(config, (await fs.readFile(config, "utf8")).replace(/^MaxStartups .*/m, "MaxStartups 3:100:3"));
  await hosts.stop("c");
  await hosts.start("c");
  const sessions = await Promise.all(Array.from({ length: 6 }, () => login(hosts, "c")));
  expect(new Set(sessions.map(({ userHome }) => userHome)).size).toBe(1);
  expect((await logOf("c")).slice(said.length)).toMatch(/MaxStartups/);
});

it("an ssh_config that has this ssh pass over words of another one works as it does for the user", async () => {
  const config = `IgnoreUnknown UseKeychain\nHost *\n  UseKeychain yes\n${await fs.readFile(hosts.sshConfig, "utf8")}`;
  const sshConfig = `${await tree({ config }, { onFinished: onTestFinished })}/config`;
  const session = await connect({ kind: "ssh", name: "a", address: addressOf("a") }, { ...options, sshConfig });
  await session.close();
});

it("a host that is reached by way of another one is, with the user, port and key of the ssh_config; and is not when that one is down", async () => {
  const config = `Host inner\n  HostName ${addressOf("a")}\n  ProxyJump b\n${await fs.readFile(hosts.sshConfig, "utf8")}`;
  const sshConfig = `${await tree({ config }, { onFinished: onTestFinished })}/config`;
  const inner = () => connect({ kind: "ssh", name: "a", address: "inner" }, { ...options, sshConfig });
  const session = await inner();
  onTestFinished(() => session.close());
  expect(session.userHome).toBe(hosts.hosts.find(({ name }) => name === "a")?.home);
  const strange = `Host b\n  HostKeyAlias jump\n${config}`;
  const other = `${await tree({ config: strange }, { onFinished: onTestFinished })}/config`;
  await expect(connect({ kind: "ssh", name: "a", address: "inner" }, { ...options, sshConfig: other })).rejects.toMatchObject({ code: "HOST_KEY_UNKNOWN", message: expect.stringMatching(/^the host key of jump, on the way to a \(inner\), is not known to your ssh$/) }); // biome-ignore format: one line
  await hosts.stop("a");
  const beyond = /^a \(inner\) cannot be reached: the host on the way to it cannot connect to it$/;
  await expect(inner()).rejects.toMatchObject({ code: "HOST_UNREACHABLE", message: expect.stringMatching(beyond), hint: expect.stringContaining("Check that it is up") }); // biome-ignore format: one line
  await hosts.start("a");
  await hosts.stop("b");
  const message = expect.stringMatching(/^a \(inner\) cannot be reached: ssh: connect to host .* Connection refused$/);
  await expect(inner()).rejects.toMatchObject({ code: "HOST_UNREACHABLE", message });
  await hosts.start("b");
});

it("a host with another key than the one on record is told nothing: no user, no byte of ours", async () => {
  const wrongKey = await proxyTo({ address: addressOf("b"), port: hosts.port, onFinished: onTestFinished });
  const said = await logOf("b");
  const endpoint = { kind: "ssh", name: "a", address: "127.0.0.1", port: wrongKey.port } as const;
  await expect(connect({ ...endpoint, user: "secret-user" }, options)).rejects.toMatchObject({ code: "HOST_KEY_CHANGED" }); // biome-ignore format: one line
  const { up } = wrongKey.passed;
  wrongKey.cutAfter({});
  // As much as for any user: what was sent is the key exchange, which ssh fills up to blocks.
  await expect(connect({ ...endpoint, user: "u".repeat(200) }, options)).rejects.toMatchObject({ code: "HOST_KEY_CHANGED" }); // biome-ignore format: one line
  expect(Math.abs(wrongKey.passed.up - up)).toBeLessThan(100);
  const heard = (await logOf("b")).slice(said.length);
  expect(heard).toMatch(/\[preauth\]/);
  expect(heard).not.toMatch(/user|Accepted|Failed/);

  // The same log does tell whoever came so far as to say who he is.
  const rightKey = { ...endpoint, name: "b", user: "secret-user" };
  await expect(connect(rightKey, options)).rejects.toMatchObject({ code: "LOGIN_REFUSED" });
  expect((await logOf("b")).slice(said.length)).toMatch(/user secret-user/);
});

async function logOf(name: string): Promise<string> {
  return await fs.readFile(`${hosts.dir}/${name}.log`, "utf8");
}

it("a login whose home is not there has no place for a relative home, and nothing is made at the root", async () => {
  const enter = await fs.readFile(`${hosts.dir}/d.enter`, "utf8");
  onTestFinished(() => fs.writeFile(`${hosts.dir}/d.enter`, enter));
  // What sshd does itself: it says so, and goes to the root.
  await fs.writeFile(`${hosts.dir}/d.enter`, enter.replace('cd "$HOME" || exit 255', "HOME=/no/such/home; cd /"));
  const session = await login(hosts, "d");
  const home = `facs-test-${process.pid}`;
  const refused = { code: "HOME_REFUSED", message: expect.stringMatching(/^d: \/no\/such\/home/) };
  await expect(session.lock({ home, owner: "Ann", run: "r" })).rejects.toMatchObject(refused);
  await expect(session.probe({ home, instance: "staging", project: "shop" })).rejects.toMatchObject(refused);
  await expect(fs.stat(`/${home}`)).rejects.toThrow("ENOENT");
  const elsewhere = await tree({}, { onFinished: onTestFinished });
  expect((await session.probe({ home: `${elsewhere}/shop`, instance: "staging", project: "shop" })).adoption).toBe("fresh"); // biome-ignore format: one line
});
