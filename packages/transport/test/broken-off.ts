import { readdirSync, readFileSync } from "node:fs";
import fs from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { isFacsimileError } from "@facsimile/core";
import { manifestOf, type Tree } from "@facsimile/manifest";
import { type Fleet, readTree } from "@facsimile/testing";
import { expect } from "vitest";
import { type ConnectOptions, connect, type Endpoint } from "../src/index.ts";
import { deploy, lockOf, login, place, treeOfFiles } from "./world.ts";

/** A deploy of one tree over another, to be broken off anywhere; each try begins where the last one ended. */
export interface BrokenOff {
  /** Whole deploy of the next tree, as it comes. */
  attempt(): Promise<unknown>;
  /** What must be true after an attempt, whatever happened to it, and after the next one, which nothing happens to. */
  check(label: string, outcome: unknown): Promise<void>;
}

export interface BrokenOffOptions {
  readonly name: string;
  /** Where the attempt connects to. Default: the host. */
  readonly endpoint?: Partial<Endpoint>;
  readonly options?: Partial<ConnectOptions>;
}

/** Codes that tell somebody that the other end is gone, or what it could not do. */
const TOLD = ["HOST_UNREACHABLE", "CONNECTION_LOST", "HOST_FAILED", "RSYNC_FAILED", "HOST_UNSUITABLE", "VERIFY_FAILED", "NOT_STAGED"]; // biome-ignore format: one line

export async function brokenOff(hosts: Fleet, { name, endpoint, options }: BrokenOffOptions): Promise<BrokenOff> {
  const host = hosts.hosts.find((one) => one.name === name);
  const base = `${host?.home}/shop/storefront`;
  const trees = await Promise.all(["one", "two"].map(treeNamed));
  const wanted: Awaited<ReturnType<typeof readTree>>[] = [];
  for (const tree of trees) {
    const session = await login(hosts, name);
    const lock = await lockOf(session);
    await deploy(lock, tree, { run: "whole" });
    await lock.unlock();
    await session.close();
    wanted.push(await readTree(`${base}/current/`));
  }
  expect(wanted[0]).not.toEqual(wanted[1]);
  let at = 0;
  const next = () => trees[at % 2] as Tree;
  const open = async (more: BrokenOffOptions["endpoint"], how: BrokenOffOptions["options"]) => {
    const to = { kind: "ssh", name, address: host?.address ?? "", ...more } as Endpoint;
    const known = { env: process.env, knownHosts: `${hosts.dir}/known_hosts`, sshConfig: hosts.sshConfig };
    const session = await connect(to, { ...known, ...how });
    try {
      const lock = await session.lock({ home: place.home, owner: "Ann", run: `run-${at}` });
      await deploy(lock, next(), { run: `run-${at}` });
      await lock.unlock();
      return (await session.list(place)).manifest;
    } finally {
      await session.close();
    }
  };
  const check = async (label: string, outcome: unknown) => {
    if (outcome instanceof Error) expect([label, outcome, TOLD.some((code) => isFacsimileError(outcome, code))]).toEqual([label, outcome, true]); // biome-ignore format: one line
    await untilQuiet(hosts, name);
    const current = await readTree(`${base}/current/`);
    expect(wanted, label).toContainEqual(current);
    // As if its lease had run out.
    await fs.rm(`${host?.home}/shop/.facsimile/lock`, { recursive: true, force: true });
    expect(await open({}, {}), label).toEqual(await manifestOf(next()));
    expect(await readTree(`${base}/current/`), label).toEqual(wanted[at % 2]);
    const left = (await fs.readdir(`${base}/releases`)).filter((file) => !/^[0-9a-f]{64}(~[\w-]+)?$/.test(file));
    expect(left, label).toEqual([]);
    at++;
  };
  return { attempt: () => open(endpoint, options).catch((error: unknown) => error), check };
}

/** Small files, of which half are the same in both, odd names and a large one that differs in the middle. */
async function treeNamed(word: string): Promise<Tree> {
  const files = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`d${i % 4}/f ${i}`, i % 2 ? word : "same"]));
  const large = `${"x".repeat(600_000)}${word}${"y".repeat(600_000)}`;
  return await treeOfFiles({ ...files, large, "a\nb": word, link: `link:${word}`, closed: "dir:" }, { closed: 0o555 });
}

/** Nothing of a host's sessions runs any more. */
async function untilQuiet({ dir }: Fleet, name: string): Promise<void> {
  const marks = [`FACS_FLEET=${dir}`, `FACS_FLEET_HOST=${name}`];
  const running = () => readdirSync("/proc").filter((pid) => /^\d+$/.test(pid) && marks.every((mark) => textOf(`/proc/${pid}/environ`).includes(mark))); // biome-ignore format: one line
  for (let tries = 0; tries < 600 && running().length > 0; tries++) await sleep(20);
  expect(running().map((pid) => textOf(`/proc/${pid}/cmdline`))).toEqual([]);
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return ""; // It ended meanwhile.
  }
}
