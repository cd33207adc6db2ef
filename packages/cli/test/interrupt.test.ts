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

  async function startUntilPrecmd() {
    const running = shop.start("deploy", "staging", "--yes");
    for (let tries = 0; tries < 400 && !(await exists(path.join(shop.hostHome("web1.us"), "at-precmd"))); tries++)
      await sleep(25);
    return running;
  }

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
    for (const host of HOSTS) await fs.rm(path.join(shop.hostHome(host), "at-precmd"), { force: true });
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
});
