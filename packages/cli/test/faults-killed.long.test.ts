import { type ChildProcess, spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import fs from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { errnoOf } from "@facsimile/core";
import { effort } from "@facsimile/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type DeployWorld, deployWorld } from "../../pipeline/test/deploy-world.ts";

const FACS = fileURLToPath(new URL("../bin/facs.mjs", import.meta.url));
const NAMES = ["web1.eu", "web2.eu"];
/** Events of a journal, and files that commands on the hosts leave: where a run is. */
const STEPS = ["begin", "locked", "at-precmd", "staged", "at-postcmd", "at-health", "switched", "confirmed"] as const;
/** The same of a run whose hosts are not healthy, and go back. */
const BACK = ["at-back", "failed", "reverted"] as const;
/** The ssh that outlives a run, on which those of the run ride. */
const KEPT = "the kept connection";
type At = (typeof STEPS)[number] | (typeof BACK)[number];
/** Kept short: whoever watches must be quicker than the run. */
const NOTE = (name: string) => `touch $HOME/${name}; sleep 0.2`;
/** A command after the switch that finds the mark of a health check is that of the old release, on the way back. */
const HOOKS = `precmd: '${NOTE("at-precmd")}', postcmd: 'test ! -e $HOME/at-health || touch $HOME/at-back; ${NOTE("at-postcmd")}',
  health: { run: '${NOTE("at-health")}; test ! -e $HOME/ill', retries: 0 },`;

describe("killed by -9 at any step", () => {
  let shop: DeployWorld;
  beforeAll(async () => {
    shop = await deployWorld(NAMES);
    await shop.define({ deploy: HOOKS, banner: "banner-0" });
    expect((await shop.deploy()).outcome).toBe("done");
  });
  afterAll(() => shop.stopAll());

  it.each(["facs", "ssh", KEPT])(
    "%s: current is a complete release, and the next run converges",
    { timeout: 1_200_000 },
    async (whom) => {
      for (let round = 0; round < effort({ short: 1, long: 10 }); round++) {
        const steps = STEPS.filter((_, i) => i % effort({ short: 2, long: 1 }) === 0);
        for (const step of [...steps, ...BACK.slice(0, effort({ short: 1, long: BACK.length }))]) {
          const before = await shop.banners();
          const next = `banner ${whom} ${step} ${round}`;
          await shop.define({ deploy: HOOKS, banner: next });
          const said = await startAndKill(whom, { step, round });
          const label = `${whom} ${step} ${round}, facs said:\n${said}`;
          expect(said, label).toMatch(wordsFor(whom, step));
          const after = await shop.banners();
          for (const [i, banner] of after.entries()) expect([before[i], next], label).toContain(banner);
          // Each host runs a release of which every byte is right, whichever it is.
          const wrong = (await shop.verify()).filter((line) => !/is of release/.test(line));
          expect(wrong, label).toEqual([]);
          await freeLocks();
          for (const host of NAMES) await shop.mark(host, "ill", false);
          expect((await shop.deploy()).outcome, label).toMatch(/done|unchanged/);
          expect(await shop.banners(), label).toEqual(NAMES.map(() => next));
          expect(await shop.verify(), label).toEqual([]);
          expect((await shop.deploy()).outcome, label).toBe("unchanged");
        }
      }
    },
  );

  /** @returns what it printed */
  async function startAndKill(whom: string, { step, round }: { step: At; round: number }): Promise<string> {
    await markHosts(step);
    const old = new Set(await journals());
    const env = { PATH: process.env["PATH"], HOME: shop.root, FACS_CONFIG_DIR: path.join(shop.root, ".config"), FACS_SSH_CONFIG: shop.fleet.sshConfig, XDG_RUNTIME_DIR: shop.fleet.dir }; // biome-ignore format: one line
    const child = spawn(process.execPath, [FACS, "deploy", "staging", "--yes"], {
      cwd: shop.root,
      env,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let said = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (said += chunk));
    // Not "close": an ssh that outlives facs holds its stderr.
    const ended = new Promise((resolve) => child.once("exit", resolve));
    while (!(await isAt(step, old)) && child.exitCode === null) await sleep(5);
    expect(child.exitCode, `${whom} ${step} ${round}, facs said:\n${said}`).toBe(null);
    await sleep(round * 10);
    endWith(whom, child);
    await ended;
    return said;
  }

  function endWith(whom: string, facs: ChildProcess): void {
    if (whom === "facs") facs.kill("SIGKILL");
    if (whom === "ssh") for (const pid of sshOf(facs.pid ?? 0)) killed(pid);
    if (whom !== KEPT) return;
    const masters = mastersIn(shop.fleet.dir);
    expect(masters).toHaveLength(NAMES.length);
    for (const pid of masters) killed(pid);
  }

  async function markHosts(step: At): Promise<void> {
    for (const host of NAMES) {
      for (const name of [...STEPS, ...BACK]) await shop.mark(host, name, false);
      await shop.mark(
        host,
        "ill",
        BACK.some((one) => one === step),
      );
    }
  }

  async function isAt(step: string, old: ReadonlySet<string>): Promise<boolean> {
    if (step.startsWith("at-")) return (await shop.read(NAMES[0] ?? "", step)) !== undefined;
    const [file] = (await journals()).filter((name) => !old.has(name));
    if (file === undefined) return false;
    return (await fs.readFile(path.join(shop.root, "RELEASE/staging/runs", file), "utf8")).includes(
      `"event":"${step}"`,
    );
  }

  function journals(): Promise<string[]> {
    return fs.readdir(path.join(shop.root, "RELEASE/staging/runs")).catch(() => []);
  }

  /** Its locks free themselves, two minutes after they were renewed last. */
  async function freeLocks(): Promise<void> {
    for (const { home } of shop.fleet.hosts) await fs.rm(path.join(home, "shop/.facsimile/lock"), { recursive: true, force: true }); // biome-ignore format: one line
  }
});

/** What facs says of it, where it is known to be in the middle. */
function wordsFor(whom: string, step: At): RegExp {
  return whom === KEPT && step.startsWith("at-") ? /the connection (to \S+ )?was lost/ : /^/;
}

/** Unless it ended by itself a moment ago. */
function killed(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if (errnoOf(error) !== "ESRCH") throw error;
  }
}

/** What a process started that is an ssh. */
function sshOf(parent: number): number[] {
  return readdirSync("/proc").map(Number).filter((pid) => {
    try {
      const [, name, rest = ""] = /^\d+ \((.*)\) (.*)$/s.exec(readFileSync(`/proc/${pid}/stat`, "utf8")) ?? [];
      return name === "ssh" && Number(rest.split(" ")[1]) === parent;
    } catch {
      return false; // It ended meanwhile.
    }
  }); // biome-ignore format: one line
}

/** What keeps connections by sockets in that folder; it outlives who made it. */
function mastersIn(folder: string): number[] {
  return readdirSync("/proc").map(Number).filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, "utf8").startsWith(`ssh: ${folder}/facs-`);
    } catch {
      return false; // It is no process, or ended meanwhile.
    }
  }); // biome-ignore format: one line
}
