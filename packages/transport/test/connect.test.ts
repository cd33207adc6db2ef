import { execFile } from "node:child_process";
import fs from "node:fs/promises";
import net from "node:net";
import { promisify } from "node:util";
import { manifestOf } from "@facsimile/manifest";
import { tree } from "@facsimile/testing";
import { expect, it, onTestFinished } from "vitest";
import { connect } from "../src/index.ts";
import { watchedRsync } from "./watched-rsync.ts";
import { deploy, hostsFor, lockOf, login, place, treeOfFiles } from "./world.ts";

const hosts = await hostsFor(["up", "down", "noisy", "watched"]);
const addressOf = (name: string) => hosts.hosts.find((host) => host.name === name)?.address ?? "";
const options = { env: process.env, knownHosts: `${hosts.dir}/known_hosts`, sshConfig: hosts.sshConfig };

it("says what it is when a host is down, unknown, not who it was, or refuses the login", async () => {
  await hosts.stop("down");
  const failing = async (endpoint: object, more: object = {}) =>
    connect({ kind: "ssh", name: "up", address: addressOf("up"), ...endpoint }, { ...options, ...more }).then(
      () => "connected",
      (error: { code: string; message: string; hint: string }) => `${error.code}: ${error.message}`,
    );
  expect(await failing({ name: "down", address: addressOf("down") })).toMatch(
    /^HOST_UNREACHABLE: down \(127.* cannot be reached: ssh: connect to host .* Connection refused$/,
  );
  expect(await failing({ name: "stranger" })).toBe(
    `HOST_KEY_UNKNOWN: the host key of stranger (${addressOf("up")}) is not on record`,
  );
  expect(await failing({}, { knownHosts: "/nowhere" })).toMatch(/^HOST_KEY_UNKNOWN/);
  // The host called `noisy` answers where `up` is expected.
  expect(await failing({ address: addressOf("noisy") })).toMatch(/^HOST_KEY_CHANGED/);
  expect(await failing({ user: "nobody-here" })).toMatch(/^LOGIN_REFUSED: up .*Permission denied/);
  expect(await failing({ address: "no-such-host.invalid" })).toMatch(/^HOST_UNREACHABLE/);
  expect(await failing({ address: "-oProxyCommand=touch /tmp/canary" })).toMatch(/^HOST_UNREACHABLE/);
  await expect(fs.stat("/tmp/canary")).rejects.toThrow("ENOENT");
});

it("gives up on a host that accepts and never answers", async () => {
  const mute = net.createServer(() => undefined).listen(0, "127.0.0.1");
  await new Promise((resolve) => mute.once("listening", resolve));
  onTestFinished(() => void mute.close());
  const { port } = mute.address() as net.AddressInfo;
  const began = performance.now();
  const waiting = connect({ kind: "ssh", name: "up", address: "127.0.0.1", port }, { ...options, connectTimeout: 1 });
  await expect(waiting).rejects.toMatchObject({ code: "HOST_UNREACHABLE" });
  expect(performance.now() - began).toBeLessThan(4000);
});

it("is not confused by what logins print, and neither is rsync", async () => {
  const home = hosts.hosts.find(({ name }) => name === "noisy")?.home ?? "";
  const noise = `printf 'Welcome\\n0123 ready\\n\\0\\377 no newline'; echo warning >&2`;
  await fs.writeFile(
    `${hosts.dir}/noisy.enter`,
    `#!/bin/sh\n${noise}\ncd "$HOME"\nexec /bin/sh -c "$SSH_ORIGINAL_COMMAND"\n`,
  );
  const { env, runs } = await watchedRsync();
  const session = await login(hosts, "noisy", { env });
  expect(session).toMatchObject({ noisy: true, userHome: home });
  const lock = await lockOf(session);
  for (const letter of ["b", "B"]) {
    const big = `${letter}${"b".repeat(1_500_000)}`;
    const nodes = await treeOfFiles({ "etc/a": "a", big, c: "secret:c" });
    await deploy(lock, nodes, { run: `run-${letter}` });
    expect((await session.list(place)).manifest).toEqual(await manifestOf(nodes));
  }
  expect(await runs()).toMatchObject([{ exitCode: 0, files: 1 }]);
});

it("leaves no connection and no folder behind, whether it ends well or not", async () => {
  const tmpDir = await fs.mkdtemp("/tmp/facs-t-");
  onTestFinished(() => fs.rm(tmpDir, { recursive: true }));
  const session = await login(hosts, "up", { tmpDir });
  const [folder = ""] = await fs.readdir(tmpDir);
  expect((await fs.stat(`${tmpDir}/${folder}`)).mode & 0o777).toBe(0o700);
  await session.close();
  await session.close();
  await expect(
    connect({ kind: "ssh", name: "up", address: addressOf("down") }, { ...options, tmpDir }),
  ).rejects.toThrow();
  expect(await fs.readdir(tmpDir)).toEqual([]);
  const { stdout } = await promisify(execFile)("ps", ["-eo", "args"]);
  expect(stdout).not.toContain(tmpDir);
  await expect(session.probe(place)).rejects.toMatchObject({ code: "CONNECTION_LOST" });
});

it("obeys an abort at once, ends what runs, and still frees its lock", async () => {
  const stop = new AbortController();
  const session = await login(hosts, "up", { signal: stop.signal });
  const lock = await lockOf(session, "aborted");
  const { dir } = await deploy(lock, await treeOfFiles({ a: "1" }));
  setTimeout(() => stop.abort(new Error("enough")), 300);
  const began = performance.now();
  await expect(lock.runHook(place, { run: "sleep 30; touch late", release: dir })).rejects.toThrow("enough");
  await expect(lock.switch(place, undefined)).rejects.toThrow("enough");
  await lock.unlock();
  expect(performance.now() - began).toBeLessThan(5000);
  await expect(login(hosts, "up", { signal: stop.signal })).rejects.toThrow("enough");
  const next = await (await login(hosts, "up")).probe(place);
  expect(next).toMatchObject({ lock: undefined, current: { dir } });
  const { stdout } = await promisify(execFile)("ps", ["-eo", "args"]);
  expect(stdout).not.toContain("sleep 30; touch late");
});

it("says that the connection was lost when the host goes away", async () => {
  const session = await login(hosts, "watched");
  const lock = await lockOf(session, "lost");
  await deploy(lock, await treeOfFiles({ a: "1" }));
  setTimeout(() => void hosts.stop("watched"), 100);
  await expect(lock.runHook(place, { run: "sleep 30", release: "" })).rejects.toMatchObject({
    code: "CONNECTION_LOST",
  });
  await hosts.start("watched");
});

it("shows no secret in any command line, here or there, nor writes one here", async () => {
  // Not to be found in this file itself, which has copies.
  const secret = ["correct", "horse", process.pid].join("-");
  const lines = watch(async () => {
    const pids = (await fs.readdir("/proc")).filter((name) => /^\d+$/.test(name));
    return await Promise.all(pids.map((pid) => fs.readFile(`/proc/${pid}/cmdline`, "latin1").catch(() => "")));
  });
  const releases = `${hosts.dir}/homes/up/shop/storefront/releases`;
  const modes = watch(async () => {
    const partial = (await fs.readdir(releases).catch(() => [])).filter((name) => name.endsWith(".partial"));
    const stats = partial.map((name) => fs.stat(`${releases}/${name}/tree/big`).catch(() => undefined));
    return (await Promise.all(stats)).flatMap((stat) => (stat === undefined ? [] : [(stat.mode & 0o777).toString(8)]));
  });
  const session = await login(hosts, "up");
  const big = `secret:${secret}${"x".repeat(20_000_000)}`;
  await deploy(await lockOf(session), await treeOfFiles({ conf: `secret:password=${secret}`, big, ordinary: "plain" }));
  const seen = [...(await lines.stop())];
  expect([...(await modes.stop())]).toEqual(["600"]);
  expect(seen.some((line) => line.includes("ControlMaster=yes"))).toBe(true);
  expect(seen.some((line) => line.includes(secret))).toBe(false);
  const { stdout } = await promisify(execFile)("sh", [
    "-c",
    `grep -rls --exclude-dir=homes ${secret} /tmp "$HOME/.ssh" || true`,
  ]);
  expect(stdout.split("\n").filter((file) => file !== "" && !file.startsWith(hosts.dir))).toEqual([]);
});

it("sends what differs of a large file by rsync, never through a link, and the whole file where rsync is none", async () => {
  const [first, second] = ["a", "b"].map((letter) => `${letter}${"x".repeat(3_000_000)}`);
  const { env, runs } = await watchedRsync();
  const session = await login(hosts, "up", { env });
  const releases = `${session.userHome}/shop/storefront/releases`;
  const lock = await lockOf(session);
  const { dir } = await deploy(lock, await treeOfFiles({ big: first ?? "", same: "1" }, { big: 0o751 }));
  const next = await treeOfFiles({ big: second ?? "", same: "1" }, { big: 0o750 });
  const staged = await deploy(lock, next, { run: "run-2" });
  await lock.unlock();
  expect(staged).toMatchObject({ linked: 1, sent: 1, sentBytes: 3_000_001 });
  const ran = (await runs()).at(-1); // Another test may have left a large file there before the first.
  expect(ran).toMatchObject({ exitCode: 0, files: 1 });
  expect(ran?.bytes).toBeLessThan(10_000);
  expect((await fs.readFile(`${releases}/${dir}/big`, "utf8")).slice(0, 2)).toBe("ax");
  expect(await fs.readFile(`${releases}/${staged.dir}/big`, "utf8")).toBe(second);

  const old = await login(hosts, "up", await withRsync("rsync  version 3.1.3  protocol version 31"));
  const third = await treeOfFiles({ big: first ?? "", same: "1" }, { big: 0o700 });
  expect(await deploy(await lockOf(old, "run-3"), third, { run: "run-3" })).toMatchObject({ linked: 1, sent: 1 });
});

it("says why rsync cannot be used, here or there", async () => {
  const codes = async (more: object) => (await (await login(hosts, "up", more)).preflight()).map(({ code }) => code);
  expect(await codes({})).toEqual([]);
  expect(await codes(await withRsync("rsync  version 3.1.3  protocol version 31"))).toEqual(["RSYNC_TOO_OLD"]);
  expect(await codes(await withRsync("openrsync: protocol version 29"))).toEqual(["RSYNC_TOO_OLD"]);
  expect(await codes(await withRsync("something else"))).toEqual(["RSYNC_MISSING"]);
});

/** This machine with another program called rsync. */
async function withRsync(text: string): Promise<{ env: Record<string, string> }> {
  const files = { rsync: { content: `#!/bin/sh\necho '${text}'\n`, mode: 0o755 } };
  const folder = await tree(files, { onFinished: onTestFinished });
  return { env: { ...(process.env as Record<string, string>), PATH: `${folder}:${process.env["PATH"]}` } };
}

/** Looks again and again; everything that was ever seen. */
function watch(look: () => Promise<readonly string[]>): { stop(): Promise<Set<string>> } {
  const seen = new Set<string>();
  let watching = true;
  const loop = async () => {
    while (watching) for (const each of await look()) seen.add(each);
    return seen;
  };
  const done = loop();
  return {
    stop: () => {
      watching = false;
      return done;
    },
  };
}
