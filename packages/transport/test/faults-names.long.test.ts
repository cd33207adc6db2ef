import fs from "node:fs/promises";
import { isFacsimileError } from "@facsimile/core";
import { manifestOf } from "@facsimile/manifest";
import { effort, hostileTexts, SEED, tree } from "@facsimile/testing";
import { afterAll, expect, it, onTestFinished } from "vitest";
import { connect } from "../src/index.ts";
import { checkDir, checkPlace, checkRelease, checkRun } from "../src/look/place.ts";
import { deploy, hostsFor, lockOf, login, place, treeOfFiles } from "./world.ts";

const hosts = await hostsFor(["h"]);
/** Here, and as all hosts are this machine, there: whatever runs makes it. */
const canary = `${await tree({}, { onFinished: afterAll })}/canary`;

const names = hostileTexts(2000, canary);

it("2,000 hostile homes, instances, projects, runs and releases are refused before a host hears of them, or harmless", async () => {
  const session = await login(hosts, "h");
  expect(names).toHaveLength(2000);
  let refused = 0;
  for (const name of names) {
    for (const bad of [{ home: name }, { instance: name }, { project: name }]) {
      const asked = { ...place, ...bad };
      const error = await session.probe(asked).catch((told: unknown) => told);
      if (!(error instanceof Error)) continue;
      refused++;
      expect(["BAD_HOME", "BAD_NAME", "HOME_REFUSED"].some((code) => isFacsimileError(error, code)), `${JSON.stringify(asked)} ${error}`).toBe(true); // biome-ignore format: one line
    }
    for (const check of [checkDir, checkRelease]) expect(() => check(name)).toThrow();
    if (!/^[A-Za-z0-9._-]+$/.test(name)) expect(() => checkRun(name)).toThrow();
    const error = await session.lock({ home: name, owner: name, run: "r" }).then((lock) => lock.unlock(), (told: unknown) => told); // biome-ignore format: one line
    if (error !== undefined) expect(() => checkPlace({ ...place, home: name })).toThrow();
  }
  expect(refused, `seed ${SEED}`).toBeGreaterThan(5000);
  await expect(fs.stat(canary)).rejects.toThrow("ENOENT");
});

it("hostile owners, reasons, hooks' variables and names of files reach a host as they are", {
  timeout: 300_000,
}, async () => {
  const session = await login(hosts, "h");
  for (const name of names.slice(0, 100)) {
    const words = name.replaceAll("\0", "");
    const lock = await session.lock({ home: "shop", owner: words, run: words, reason: words });
    expect((await session.probe(place)).lock).toMatchObject({ owner: words, run: words, reason: words });
    await lock.unlock();
  }
  const files = names.filter((name) => !/[\0/]/.test(name) && ![".", ".."].includes(name));
  expect(files.length).toBeGreaterThan(200);
  const unique = new Map(files.map((name, i) => [name.normalize("NFC"), `${i}`]));
  const nodes = await treeOfFiles(Object.fromEntries(unique));
  await deploy(await lockOf(session), nodes);
  expect((await session.list(place)).manifest).toEqual(await manifestOf(nodes));
  const echoed = await Promise.all(files.slice(0, 50).map(async (name) => {
    let said = "";
    await session.run({ run: ["printf", "%s", name], instance: "staging", onOutput: ({ bytes }) => void (said += bytes.toString()) });
    return said;
  })); // biome-ignore format: one line
  expect(echoed).toEqual(files.slice(0, 50));
  await expect(fs.stat(canary)).rejects.toThrow("ENOENT");
});

it("hostile addresses and users of a host run nothing, here or there", { timeout: 1_200_000 }, async () => {
  const config = await tree(
    { config: "Host *\n  ConnectTimeout 2\n  CanonicalizeHostname no\n" },
    { onFinished: onTestFinished },
  );
  const options = { env: process.env, knownHosts: `${hosts.dir}/known_hosts`, connectTimeout: 2 };
  const work = names.filter((name) => !name.includes("\0")).slice(0, effort({ short: 40, long: 2000 }));
  const codes = new Set<string>();
  const attempt = async (name: string) => {
    const address = hosts.hosts[0]?.address ?? "";
    for (const endpoint of [
      { address: name, port: hosts.port },
      { address, port: hosts.port, user: name },
    ]) {
      const opening = connect({ kind: "ssh", name: "h", ...endpoint }, { ...options, sshConfig: `${config}/config` });
      const error = await opening.then((session) => session.close(), (told: { code: string }) => told); // biome-ignore format: one line
      if (error !== undefined) codes.add(error.code);
    }
  };
  for (let at = 0; at < work.length; at += 8) await Promise.all(work.slice(at, at + 8).map(attempt));
  expect([...codes].filter((code) => !["HOST_UNREACHABLE", "LOGIN_REFUSED", "HOST_KEY_UNKNOWN", "HOST_KEY_CHANGED"].includes(code))).toEqual([]); // biome-ignore format: one line
  await expect(fs.stat(canary)).rejects.toThrow("ENOENT");
});
