import fs from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type FleetWorld, fleetWorld, HOSTS } from "./world.ts";

describe("a deploy that is stopped", () => {
  let shop: FleetWorld;
  beforeAll(async () => {
    shop = await fleetWorld();
    await shop.edit(
      "define/storefront.json5",
      'postcmd: "./bin/restart",',
      'postcmd: "./bin/restart",\n    precmd: "touch \\"$HOME/at-precmd\\"; sleep 20",',
    );
  });
  afterAll(() => shop.remove());

  const inHome = (host: string, name: string) => path.join(shop.hostHome(host), "shop", name);
  const exists = (file: string) => fs.access(file).then(() => true, () => false); // biome-ignore format: one line

  const startUntilPrecmd = () => startUntil("at-precmd");

  async function startUntil(mark: string) {
    for (const host of HOSTS) await fs.rm(path.join(shop.hostHome(host), mark), { force: true });
    const running = shop.start("deploy", "staging", "--yes");
    await untilThere(path.join(shop.hostHome("web1.us"), mark));
    return running;
  }

  async function untilThere(file: string) {
    for (let tries = 0; tries < 400 && !(await exists(file)); tries++) await sleep(25);
  }

  /** Of each host that has the storefront. */
  const banners = async () => {
    const files = HOSTS.map((host) => inHome(host, "storefront/current/etc/storefront.ini"));
    const texts = await Promise.all(files.map((file) => fs.readFile(file, "utf8").catch(() => "")));
    return [...new Set(texts.flatMap((text) => /banner = (.*)/.exec(text)?.[1] ?? []))];
  };

  const locked = async () => {
    const held = await Promise.all(HOSTS.map((host) => exists(inHome(host, ".facsimile/lock"))));
    return HOSTS.filter((_, i) => held[i]);
  };

  it("by Ctrl-C before the switch: 130, nothing switched, no lock held, nothing left running", async () => {
    const running = await startUntilPrecmd();
    process.kill(running.pid, "SIGINT");
    const { code, stdout, stderr } = await running.done;
    expect(stderr).toContain("stopping: what is under way is brought to its end; Ctrl-C again ends facs at once\n");
    expect(stdout).toContain("staging: stopped. Nothing switched: all hosts run what they ran before.");
    expect(code).toBe(130);
    for (const host of HOSTS) {
      expect(await exists(inHome(host, "storefront/current")), host).toBe(false);
      expect(await exists(inHome(host, ".facsimile/lock")), host).toBe(false);
    }
  });

  it("by kill -9: hosts are as they were, the lock says who, and the next deploy goes through once it is free", async () => {
    const running = await startUntilPrecmd();
    process.kill(running.pid, "SIGKILL");
    await running.done;
    for (const host of HOSTS) expect(await exists(inHome(host, "storefront/current")), host).toBe(false);
    const held = await shop.facs("deploy", "staging", "--yes");
    expect(held).toMatchObject({
      code: 4,
      stdout: expect.stringMatching(/is locked by .* \(deploy \d{8}-\d{4}-[0-9a-f]{4}\) since/),
    });
    // The lease ends by itself within two minutes.
    for (const host of HOSTS) await fs.rm(inHome(host, ".facsimile/lock"), { recursive: true, force: true });
    await shop.edit("define/storefront.json5", "sleep 20", "true");
    expect(await shop.facs("deploy", "staging", "--yes")).toMatchObject({ code: 0 });
    expect(await shop.facs("verify", "staging")).toMatchObject({ code: 0 });
  }, 60_000);

  it("by Ctrl-C after the switch, with the policy together: goes on to its end; 0, and no lock held", async () => {
    const slow = 'touch \\"$HOME/at-postcmd\\"; sleep 2; test ! -e \\"$HOME/ill\\"';
    await shop.edit("define/storefront.json5", 'postcmd: "./bin/restart"', `postcmd: "./bin/restart; ${slow}"`);
    await shop.edit("define/staging.json5", "hello from staging", "hello again");
    const running = await startUntil("at-postcmd");
    process.kill(running.pid, "SIGINT");
    const { code, stdout } = await running.done;
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^staging: all 6 hosts hold exactly their copy of /)]);
    expect([await banners(), await locked()]).toEqual([["hello again"], []]);
    expect(await shop.facs("verify", "staging")).toMatchObject({ code: 0 });
  }, 60_000);

  it("by Ctrl-C after the switch, where a host then fails: all go back; 1, and no lock held", async () => {
    await fs.writeFile(path.join(shop.hostHome("web2.eu"), "ill"), "");
    await shop.edit("define/staging.json5", "hello again", "hello at last");
    const running = await startUntil("at-postcmd");
    await untilThere(path.join(shop.hostHome("web2.eu"), "at-postcmd"));
    await fs.rm(path.join(shop.hostHome("web2.eu"), "at-postcmd"));
    process.kill(running.pid, "SIGINT");
    // It runs again what it ran before, whose command this is, too.
    await untilThere(path.join(shop.hostHome("web2.eu"), "at-postcmd"));
    await fs.rm(path.join(shop.hostHome("web2.eu"), "ill"));
    const { code, stdout } = await running.done;
    expect([code, stdout]).toEqual([1, expect.stringContaining("`./bin/restart; ")]);
    expect([await banners(), await locked()]).toEqual([["hello again"], []]);
  }, 60_000);

  it("by a second Ctrl-C: ends at once, 130; hosts are whole, and the next run converges", async () => {
    const running = await startUntil("at-postcmd");
    process.kill(running.pid, "SIGINT");
    await sleep(200);
    process.kill(running.pid, "SIGINT");
    const since = performance.now();
    const { code, stderr } = await running.done;
    expect(code).toBe(130);
    expect(stderr).toMatch(/\nended at once: hosts may be switched and not confirmed; locks free themselves within 120 s\. To go on: facs deploy staging --resume \d{8}-\d{4}-[0-9a-f]{4}, or the same command\n$/); // biome-ignore format: one line
    expect(performance.now() - since).toBeLessThan(1500);
    expect(await locked()).toEqual(HOSTS.filter((host) => host !== "db1.eu")); // It has no part in this release.
    for (const banner of await banners()) expect(["hello again", "hello at last"]).toContain(banner);
    expect((await shop.facs("deploy", "staging", "--yes")).code).toBe(4);
    expect(await shop.facs("lock", "release", "staging", "--yes")).toMatchObject({ code: 0 });
    expect(await shop.facs("deploy", "staging", "--yes")).toMatchObject({ code: 0 });
    expect([await banners(), await locked()]).toEqual([["hello at last"], []]);
    expect(await shop.facs("verify", "staging")).toMatchObject({ code: 0 });
  }, 60_000);
});
