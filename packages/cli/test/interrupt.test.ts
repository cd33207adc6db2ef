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

  async function startUntil(mark: string, ...more: string[]) {
    for (const host of HOSTS) await fs.rm(path.join(shop.hostHome(host), mark), { force: true });
    const running = shop.start("deploy", "staging", "--yes", ...more);
    await untilThere(path.join(shop.hostHome("web1.us"), mark));
    return running;
  }

  async function untilThere(file: string) {
    for (let tries = 0; !(await exists(file)); tries++) {
      if (tries > 1200) throw new Error(`${file} does not come`);
      await sleep(25);
    }
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
    const { code, stdout } = await running.done;
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
    // Waits for us; fails where the host is ill and the release is the one of the next test.
    const waits = "touch ~/at-postcmd; while test -e ~/gate; do sleep 0.1; done";
    const fails = "! test -e ~/ill || ! grep -q 'at last' etc/storefront.ini";
    const edited = `postcmd: "./bin/restart; ${waits}; ${fails}"`;
    await shop.edit("define/storefront.json5", 'postcmd: "./bin/restart"', edited);
    await shop.edit("define/staging.json5", "hello from staging", "hello again");
    const { code, stdout } = await stoppedAfterSwitch();
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^staging: all 6 hosts hold exactly their copy of /)]);
    expect([await banners(), await locked()]).toEqual([["hello again"], []]);
    expect(await shop.facs("verify", "staging")).toMatchObject({ code: 0 });
  }, 60_000);

  it("by Ctrl-C after the switch, where a host then fails: all go back; 1, and no lock held", async () => {
    await fs.writeFile(path.join(shop.hostHome("web2.eu"), "ill"), "");
    await shop.edit("define/staging.json5", "hello again", "hello at last");
    const { code, stdout } = await stoppedAfterSwitch();
    expect([code, stdout]).toEqual([1, expect.stringContaining("exited 1 on web2.eu")]);
    expect([await banners(), await locked()]).toEqual([["hello again"], []]);
  }, 60_000);

  it("by a second Ctrl-C: ends at once, 130; hosts are whole, and the next run converges", async () => {
    await gate(true);
    const running = await startUntil("at-postcmd", "--root", ".");
    process.kill(running.pid, "SIGINT");
    await sleep(200);
    process.kill(running.pid, "SIGINT");
    // The commands still wait.
    const { code, stderr } = await running.done;
    expect(code).toBe(130);
    expect(stderr).toMatch(/\nended at once: hosts may be switched and not confirmed; locks free themselves within 120 s\. To go on: facs deploy staging --resume \d{8}-\d{4}-[0-9a-f]{4} --root \., or the same command\n$/); // biome-ignore format: one line
    await gate(false);
    expect(await locked()).toEqual(HOSTS.filter((host) => host !== "db1.eu")); // It has no part in this release.
    for (const banner of await banners()) expect(["hello again", "hello at last"]).toContain(banner);
    await fs.rm(path.join(shop.hostHome("web2.eu"), "ill"));
    expect((await shop.facs("deploy", "staging", "--yes")).code).toBe(4);
    expect(await shop.facs("lock", "release", "staging", "--yes")).toMatchObject({ code: 0 });
    expect(await shop.facs("deploy", "staging", "--yes")).toMatchObject({ code: 0 });
    expect([await banners(), await locked()]).toEqual([["hello at last"], []]);
    expect(await shop.facs("verify", "staging")).toMatchObject({ code: 0 });
  }, 60_000);

  async function stoppedAfterSwitch() {
    await gate(true);
    const running = await startUntil("at-postcmd");
    process.kill(running.pid, "SIGINT");
    await sleep(200);
    await gate(false);
    return running.done;
  }

  /** Closed: commands after the switch do not end. */
  async function gate(isClosed: boolean) {
    for (const host of HOSTS) {
      const file = path.join(shop.hostHome(host), "gate");
      await (isClosed ? fs.writeFile(file, "") : fs.rm(file));
    }
  }
});
