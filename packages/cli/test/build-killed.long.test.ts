import fs from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { dice, effort, SEED } from "@facsimile/testing";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type World, world } from "./world.ts";

const roll = dice();
let shop: World;
beforeAll(async () => {
  shop = await world();
  expect(await shop.facs("secrets", "generate", "dev")).toMatchObject({ code: 0 });
  expect(await shop.facs("build", "dev")).toMatchObject({ code: 0 });
});
afterAll(() => shop.remove());

const releases = () => path.join(shop.root, "RELEASE");

/** What would be taken for a release, by its id. */
async function sealed(): Promise<string[]> {
  const entries = await fs.readdir(releases(), { recursive: true, withFileTypes: true }).catch(() => []);
  return entries.map(({ name }) => name).filter((name) => /^[0-9a-f]{64}$/.test(name));
}

it("a build that is killed leaves nothing that looks sealed and is not whole", { timeout: 1_200_000 }, async () => {
  const began = performance.now();
  const whole = JSON.parse((await shop.facs("build", "dev", "--json")).stdout);
  const took = performance.now() - began;
  for (let n = 0; n < effort({ short: 4, long: 100 }); n++) {
    await fs.rm(releases(), { recursive: true, force: true });
    const { pid, done } = shop.start("build", "dev");
    await sleep(took * (0.5 + roll(60) / 100));
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It was done.
    }
    await done;
    for (const project of ["storefront", "ledger"]) {
      const { stdout } = await shop.facs("releases", "dev", project, "--json");
      for (const { release, problem } of JSON.parse(stdout).releases) {
        expect(problem, `seed ${SEED}, ${n}`).toBeUndefined();
        expect(await shop.facs("show", release), `seed ${SEED}, ${n}`).toMatchObject({ code: 0, stderr: "" });
      }
    }
    const again = JSON.parse((await shop.facs("build", "dev", "--json")).stdout);
    expect(again.releases.map(({ release }: { release: string }) => release)).toEqual(
      whole.releases.map(({ release }: { release: string }) => release),
    );
  }
});

const WAITING = /^! another facs is building in BUILD\/dev\/\S+: waiting for it\n {2}If it was killed.*\n/gm;

it("builds at the same time seal the same releases, and all come to their end", async () => {
  await fs.rm(releases(), { recursive: true, force: true });
  const runs = await Promise.all([1, 2, 3].map(() => shop.facs("build", "dev", "--json")));
  // Who comes while another builds waits, and is told so.
  const told = runs.map(({ code, stderr }) => ({ code, stderr: stderr.replace(WAITING, "") }));
  expect(told).toEqual(runs.map(() => ({ code: 0, stderr: "" })));
  const ids = runs.map(({ stdout }) => JSON.parse(stdout).releases.map(({ release }: { release: string }) => release));
  expect(new Set(ids.map(String)).size).toBe(1);
  for (const id of ids[0]) expect(await shop.facs("show", id)).toMatchObject({ code: 0, stderr: "" });
  // Trees have names of the same form: beneath each release, and nowhere else.
  expect((await sealed()).filter((name) => ids[0].includes(name))).toHaveLength(2);
  const left = await fs.readdir(path.join(releases(), "dev/ledger"));
  expect(left.filter((name) => name.startsWith("."))).toEqual([]);
});
