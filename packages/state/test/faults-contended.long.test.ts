import fs from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { dice, effort, SEED } from "@facsimile/testing";
import { expect, it } from "vitest";
import { confirmSeal } from "../src/index.ts";
import { compiled, type Program, start } from "./programs.ts";
import { create, dev, folder, tools, world } from "./world.ts";

const STALE_MS = 10_000;

it("loses no update of many processes, though some are stopped and some killed; and ends", async () => {
  const [processes, times] = [effort({ short: 4, long: 8 }), effort({ short: 8, long: 200 })];
  const [w, program] = [await world(), (await compiled())("counter")];
  await confirmSeal(await create(w, { passwords: ["generated"] }));
  const cwd = await folder();
  const run = (index: number) => start(program, [w.root, w.configDir, `p${index}`, String(times)], { cwd });
  const programs = Array.from({ length: processes }, (_, index) => run(index));
  await Promise.all(programs.map((each) => each.said("ready")));
  const [victims, others] = [programs.slice(0, processes / 4), programs.slice(processes / 4)];
  const disturbing = Promise.all([stopNowAndThen(others), ...victims.map((victim) => killHalfway(victim, times))]);
  const endings = await Promise.all(programs.map((each) => each.ended));
  await disturbing;
  expect(endings, `seed ${SEED}`).toEqual([...victims.map(() => "SIGKILL"), ...others.map(() => 0)]);

  const state = await (await tools(w)).open();
  const read = (name: string) => Number(state.secret(name, dev)?.reveal() ?? 0);
  const tallies = programs.map((_, index) => read(`tally/p${index}`));
  const confirmed = programs.map(({ lines }) => Number(lines.at(-1)));
  const total = tallies.reduce((sum, tally) => sum + tally, 0);
  expect({ counter: read("counter"), serial: state.serial }, `seed ${SEED}`).toEqual({
    counter: total,
    serial: total + 1,
  });
  expect(tallies.slice(victims.length)).toEqual(others.map(() => times));
  // Who was killed may have written once more than he could say.
  for (const [index, tally] of tallies.entries()) expect([tally, tally - 1]).toContain(confirmed[index]);
  expect(await fs.readdir(path.dirname(w.file))).toEqual(["dev.json"]);
}, 900_000);

async function killHalfway(victim: Program, times: number): Promise<void> {
  await victim.said(String(Math.ceil(times / 2)));
  victim.child.kill("SIGKILL");
}

/** Stops one after the other, mostly for moments, at times for longer than its lock lives. */
async function stopNowAndThen(programs: readonly Program[]): Promise<void> {
  const roll = dice();
  const isRunning = ({ child }: Program) => child.exitCode === null && child.signalCode === null;
  for (let n = 1; programs.some(isRunning); n++) {
    const running = programs.filter(isRunning);
    const { child } = running[roll(running.length)] ?? programs[0] ?? expect.fail();
    child.kill("SIGSTOP");
    await sleep(n % effort({ short: 1000, long: 40 }) === 0 ? STALE_MS + 2000 : roll(150));
    child.kill("SIGCONT");
    await sleep(roll(150));
  }
}
