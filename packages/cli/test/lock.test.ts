import fs from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { onTerminal } from "./terminal.ts";
import { type FleetWorld, fleetWorld, HOSTS } from "./world.ts";

const TIME = /\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC/g;
const RUN = /\d{8}-\d{4}-[0-9a-f]{4}/g;

describe("facs lock", () => {
  let shop: FleetWorld;
  let owner = "";
  beforeAll(async () => {
    shop = await fleetWorld();
    const waiting = 'precmd: "touch \\"$HOME/at-precmd\\"; while [ ! -e \\"$HOME/go\\" ]; do sleep 0.1; done",';
    const postcmd = 'postcmd: "./bin/restart",';
    await shop.edit("define/storefront.json5", postcmd, `${postcmd}\n    ${waiting}`);
  });
  afterAll(() => shop.remove());

  const inHome = (host: string, name: string) => path.join(shop.hostHome(host), name);
  const exists = (file: string) => fs.access(file).then(() => true, () => false); // biome-ignore format: one line
  const lock = async (...args: string[]) => {
    const { code, stdout, stderr } = await shop.facs("lock", ...args);
    const plain = (text: string) =>
      text
        .replace(TIME, "TIME")
        .replace(RUN, "RUN")
        .replaceAll(owner || "?", "WHO");
    return { code, stdout: plain(stdout), stderr: plain(stderr) };
  };

  /** A deploy that has every lock, and waits before its switch. */
  async function deploying() {
    for (const host of HOSTS) for (const name of ["at-precmd", "go"]) await fs.rm(inHome(host, name), { force: true });
    const running = shop.start("deploy", "staging", "--yes");
    const isWaiting = async () => (await Promise.all(HOSTS.filter((host) => host !== "db1.eu").map((host) => exists(inHome(host, "at-precmd"))))).every(Boolean); // biome-ignore format: one line
    for (let tries = 0; tries < 400 && !(await isWaiting()); tries++) await sleep(50);
    const { hosts } = JSON.parse((await shop.facs("lock", "status", "staging", "--json")).stdout);
    owner = hosts[0].lock.owner;
    return running;
  }

  async function goOn(): Promise<void> {
    for (const host of HOSTS) await fs.writeFile(inHome(host, "go"), "");
  }

  it("is free before the first deploy; looking makes nothing", async () => {
    expect(await lock("status", "staging")).toEqual({
      code: 0,
      stdout: "✓ eu/web1.eu web2.eu db1.eu   free\n✓ us/web1.us web2.us db1.us   free\n",
      stderr: "",
    });
    expect(await lock("release", "staging")).toEqual({ code: 0, stdout: "staging: no lock freed\n", stderr: "" });
    expect(await fs.readdir(shop.hostHome("db1.eu"))).not.toContain("shop");
  });

  it("tells whose it is, for which run, until when; is not freed unasked; freed, that run switches nothing", async () => {
    const running = await deploying();
    const held = "locked by WHO (deploy RUN) since TIME, until TIME by its clock";
    const { code, stdout } = await lock("status", "staging", "--regions", "us");
    expect([code, stdout]).toEqual([0, expect.stringContaining(`   ${held}\n`)]);
    const refused = await lock("release", "staging");
    expect([refused.code, refused.stdout]).toEqual([1, ""]);
    expect(refused.stderr).toContain(held);
    expect(refused.stderr).toContain(
      "may be at work, and stops with LOCK_LOST at its next step on that host. Free them?",
    );
    expect(refused.stderr).toContain("facs lock release staging --yes. Nothing was changed.");

    const args = ["lock", "release", "staging", "--hosts", "web2.eu"];
    const no = await onTerminal(shop, { args, typing: [{ after: "[y/N]", text: "n" }] });
    expect([no.code, no.stdout]).toEqual([1, expect.stringContaining("staging: no lock freed, 1 lock kept\n")]);
    expect((await lock("status", "staging")).stdout).not.toContain("free");
    const yes = await onTerminal(shop, { args, typing: [{ after: "[y/N]", text: "y" }] });
    expect([yes.code, yes.stdout]).toEqual([0, expect.stringContaining("staging: 1 lock freed\n")]);
    expect((await lock("status", "staging")).stdout).toContain("✓ eu/web2.eu   free\n");

    const freed = await lock("release", "staging", "--yes");
    expect([freed.code, freed.stdout]).toEqual([0, expect.stringContaining("staging: 5 locks freed\n")]);
    expect(freed.stdout).toContain("freed; it was held by WHO (deploy RUN)");
    expect((await lock("status", "staging")).stdout).not.toContain("locked");
    await goOn();
    const ended = await running.done;
    expect(ended.code).toBe(4);
    expect(ended.stdout).toMatch(/^staging: nothing switched\. .*; all still run what they ran before\.\n/);
    expect(ended.stdout).toContain("the lock expired and was taken by another run, or freed");
    for (const host of HOSTS) expect(await exists(inHome(host, "shop/storefront/current")), host).toBe(false);
  }, 60_000);

  it("whose time is over is freed without a question, and the next deploy goes through at once", async () => {
    const running = await deploying();
    process.kill(running.pid, "SIGKILL");
    await running.done;
    for (const host of HOSTS) {
      const folder = inHome(host, "shop/.facsimile/lock");
      const [name = ""] = await fs.readdir(folder);
      if (host !== "db1.us") await fs.rename(path.join(folder, name), path.join(folder, name.replace(/\d+$/, "1000000000"))); // biome-ignore format: one line
    }
    const { stdout } = await lock("status", "staging");
    expect(stdout).toContain("time was over TIME by its clock\n");
    expect(stdout).toContain("To free it now: facs lock release staging\n");
    const part = await lock("release", "staging");
    expect([part.code, part.stderr]).toEqual([
      1,
      expect.stringContaining("--yes. 5 locks whose time was over: freed."),
    ]);
    const json = JSON.parse((await shop.facs("lock", "release", "staging", "--yes", "--json")).stdout);
    expect(json).toMatchObject({ schema: "locks/1", instance: "staging" });
    expect(json.hosts.map(({ host, outcome }: Record<string, string>) => [host, outcome])).toEqual(HOSTS.map((host) => [host, host === "db1.us" ? "freed" : undefined])); // biome-ignore format: one line
    await goOn();
    expect((await shop.facs("deploy", "staging", "--yes")).code).toBe(0);
  }, 60_000);

  it("a host that does not answer is told: exit 1", async () => {
    await shop.fleet.stop("web1.us");
    const status = await lock("status", "staging", "--hosts", "web1.us");
    const release = await lock("release", "staging");
    await shop.fleet.start("web1.us");
    expect([status.code, status.stdout]).toEqual([1, expect.stringMatching(/^✗ us\/web1\.us {3}web1\.us .*cannot be reached/)]); // biome-ignore format: one line
    expect([release.code, release.stdout]).toEqual([1, expect.stringContaining("staging: no lock freed, 1 host could not be asked\n")]); // biome-ignore format: one line
  });
});
