// A whole `facs deploy` against `xargs -P 20 rsync -a --delete`, side by side in one run, on real sshd hosts of this machine.
// facs looks, locks, proves on the host, signs and switches; rsync copies. Both find the files at hand: facs a sealed release.
// `cold`: every connection is new. `kept`: facs rides on those that its last command kept, rsync makes new ones.
// `dead`: one host of a hundred accepts a connection and never answers; what that costs, against the 20 s it is waited for.
// One line of JSON a case, medians in ms.   node bench/deploy.mjs [--only large|small|dead] [--rounds 5]
import { spawn } from "node:child_process";
import { parseArgs } from "node:util";
import { deployOf, emptyHomes, makeWorld, nextVersion, removeWorld, rsyncOf, stopped } from "./deploy/world.mjs";

const { values } = parseArgs({ options: { only: { type: "string" }, rounds: { type: "string", default: "5" } } });
const LARGE = { hosts: 20, files: 1000, bytes: 50_000_000 };
const SMALL = { hosts: 100, files: 50, bytes: 200_000 };
const GOALS = { unchanged: [1.1, 0.35], changed: [1.4, 0.75], first: [1.15], small: [1.15, 0.4], dead: [1.05] };
const DEADLINE = 20_000;

if (wants("large")) await inWorld(LARGE, large);
if (wants("small")) await inWorld(SMALL, small);
if (wants("dead")) await inWorld(SMALL, dead);

function wants(name) {
  return values.only === undefined || values.only === name;
}

async function inWorld(size, measure) {
  const world = await makeWorld(size);
  try {
    const found = await measure(world);
    for (const [name, times] of Object.entries(found)) report(name, { times, size });
  } finally {
    await removeWorld(world);
  }
}

async function large(world) {
  const found = { first: { cold: [] }, unchanged: { cold: [], kept: [] }, changed: { cold: [], kept: [] } };
  let version = nextVersion(world);
  for (let round = 0; round < Number(values.rounds); round++) {
    emptyHomes(world);
    found.first.cold.push(await both(world, { version, persist: 0 }));
    found.unchanged.cold.push(await both(world, { version, persist: 0 }));
    await warm(world, version);
    found.unchanged.kept.push(await both(world, { version, persist: 60 }));
    version = nextVersion(world);
    found.changed.cold.push(await both(world, { version, persist: 0 }));
    await warm(world, version);
    version = nextVersion(world);
    found.changed.kept.push(await both(world, { version, persist: 60 }));
  }
  return found;
}

async function small(world) {
  const found = { small: { cold: [], kept: [] } };
  const version = nextVersion(world);
  for (let round = 0; round < Number(values.rounds); round++) {
    emptyHomes(world);
    found.small.cold.push(await both(world, { version, persist: 0 }));
    await warm(world, version);
    emptyHomes(world);
    found.small.kept.push(await both(world, { version, persist: 60 }));
  }
  return found;
}

/** Nothing to do but on the host that does not answer. */
async function dead(world) {
  const [version, times] = [nextVersion(world), []];
  const work = deployOf(world, { version, persist: 0 });
  await clock(work);
  for (let round = 0; round < Number(values.rounds); round++) {
    const all = await clock(work);
    const wake = stopped(world);
    const left = await clock(work, 3).finally(wake);
    times.push({ facs: left - all, deadline: DEADLINE });
  }
  return { dead: { cold: times } };
}

/** A command that leaves connections behind. */
async function warm(world, version) {
  await clock(deployOf(world, { version, persist: 60 }));
}

/** Draws which comes first, so that neither always finds the warmer cache. */
async function both(world, what) {
  const works = [["facs", deployOf(world, what)], ["rsync", rsyncOf(world, what)]]; // biome-ignore format: one line
  const times = {};
  for (const [name, work] of Math.random() < 0.5 ? works : works.toReversed()) times[name] = await clock(work);
  return times;
}

function clock({ argv: [file, ...args], options, input = "" }, expected = 0) {
  const began = performance.now();
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { ...options, stdio: ["pipe", "ignore", "pipe"] });
    let said = "";
    child.stderr.on("data", (text) => (said += text));
    child.stdin.on("error", () => undefined).end(input);
    child.on("error", reject);
    // Not `close`: a connection that is kept may hold a pipe.
    child.on("exit", (code) => (code === expected ? resolve(performance.now() - began) : reject(new Error(`${file} exited ${code}:\n${said}`)))); // biome-ignore format: one line
  });
}

function report(name, { times, size }) {
  for (const [index, [connections, measured]] of Object.entries(times).entries()) {
    const peer = name === "dead" ? "deadline" : "rsync";
    const ratios = measured.map((one) => one.facs / one[peer]).sort((a, b) => a - b);
    const middle = (list) => list.toSorted((a, b) => a - b)[list.length >> 1];
    const round = (ratio) => Number(ratio.toFixed(2));
    const ms = (who) => Math.round(middle(measured.map((one) => one[who])));
    console.log(JSON.stringify({ case: name, connections, ...size, facsMs: ms("facs"), [`${peer}Ms`]: ms(peer), ratio: round(middle(ratios)), low: round(ratios[0]), high: round(ratios.at(-1)), goal: GOALS[name][index] })); // biome-ignore format: one line
  }
}
