import fs from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { formatManifest, manifestOf, type Tree, treeId } from "@facsimile/manifest";
import { effort, readTree, tree } from "@facsimile/testing";
import { expect, it } from "vitest";
import type { Place, Session } from "../src/index.ts";
import { deploy, hostsFor, login, treeOfFiles } from "./world.ts";

const hosts = await hostsFor(["torn"]);
const place: Place = { home: "shop", instance: "staging", project: "storefront", strategy: "mirror" };
const ROUNDS = effort({ short: 10, long: 100 });
/** A switch of these trees takes about that long, in milliseconds. */
const SPREAD = 180;

/** Processes whose home is that of one host of this test's own fleet: the shells of its sessions, and what they started. */
async function processesOf(session: Session): Promise<number[]> {
  const pids = (await fs.readdir("/proc")).map(Number).filter((pid) => pid > 1 && pid !== process.pid);
  const homes = await Promise.all(pids.map((pid) => fs.readFile(`/proc/${pid}/environ`, "utf8").catch(() => "")));
  return pids.filter((_, i) => homes[i]?.split("\0").includes(`HOME=${session.userHome}`));
}

/** Kills every such process that was not there before, until none is left. */
async function killNew(session: Session, others: readonly number[]): Promise<void> {
  for (let left = [0]; left.length > 0; ) {
    left = (await processesOf(session)).filter((pid) => !others.includes(pid));
    for (const pid of left) kill(pid);
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It ended meanwhile.
  }
}

const many = (text: string) =>
  Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`d${i % 20}/f${i}`, `${text}${i}`]));
/** What is deployed by turns. */
async function twoTrees(): Promise<readonly [one: Tree, two: Tree]> {
  const files = [
    { ...many("a"), "etc/x": "1", "old/x": "o", "storefront/a": "a", kind: "dir:", l: "link:mine" },
    { ...many("b"), "etc/x": "2", "new/x": "n", "storefront/b": "b", kind: "file", l: "file" },
  ] as const;
  return [await treeOfFiles(files[0]), await treeOfFiles(files[1])];
}

/** Deploys as soon as the lock of whoever was killed has run out, and tells what the home then holds. */
async function put(session: Session, { nodes, run }: { nodes: Tree; run: string }): Promise<Record<string, string>> {
  const locked = () => session.lock({ home: "shop", owner: "Bob", run }).catch(() => undefined);
  let lock = await locked();
  for (; lock === undefined; lock = await locked()) await sleep(100);
  await deploy(lock, nodes, { run }, place);
  await lock.unlock();
  const all = Object.entries(await readTree(`${session.userHome}/shop`));
  return Object.fromEntries(all.filter(([path]) => path.split("/")[0] !== ".facsimile"));
}

/** Switches to a tree, and is killed in the middle of it. */
async function tear(
  session: Session,
  { nodes, run, after }: { nodes: Tree; run: string; after: number },
): Promise<void> {
  const others = await processesOf(session);
  const victim = await login(hosts, "torn");
  const lock = await victim.lock({ home: "shop", owner: "Ann", run, lease: 1 });
  const manifest = await manifestOf(nodes);
  const release = treeId(manifest);
  const { dir } = await lock.stage(place, { tree: nodes, manifest, run });
  await lock.record(place, { release, files: { manifest: formatManifest(manifest) } });
  const switching = lock.switch(place, { dir, release }).catch(() => undefined);
  await sleep(after);
  await killNew(session, others);
  await switching;
  await victim.close();
}

it(
  "converges after its shell was killed anywhere in a switch, whatever is deployed next",
  async () => {
    const session = await login(hosts, "torn");
    const [one, two] = await twoTrees();
    const home = `${session.userHome}/shop`;
    await tree({ mine: "m", "etc/mine": "e" }, { root: home });
    const shown = [
      await put(session, { nodes: two, run: "first-2" }),
      await put(session, { nodes: one, run: "first-1" }),
    ];
    let torn = 0;
    for (let round = 0; round < ROUNDS; round++) {
      await tear(session, { nodes: two, run: `kill-${round}`, after: (round * SPREAD) / ROUNDS });
      if ((await session.probe(place)).current === undefined) torn++;
      const next = round % 2 === 0 ? one : two;
      expect(await put(session, { nodes: next, run: `next-${round}` }), `round ${round}`).toEqual(
        shown[next === two ? 0 : 1],
      );
      expect(await fs.readdir(`${home}/.facsimile/storefront/undo`)).toEqual([]);
      if (next === two) await put(session, { nodes: one, run: `reset-${round}` });
    }
    expect(torn).toBeGreaterThan(0);
  },
  ROUNDS * 30_000,
);
