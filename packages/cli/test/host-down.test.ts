import fs from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ask, type FleetWorld, fleetWorld, HOSTS } from "./world.ts";

describe("when a host fails", () => {
  let shop: FleetWorld;
  beforeAll(async () => {
    shop = await fleetWorld();
    const first = await shop.facs("deploy", "staging", "--yes");
    if (first.code !== 0) throw new Error(first.stderr + first.stdout);
  });
  afterAll(() => shop.remove());

  const links = () =>
    Promise.all(
      HOSTS.map((host) => fs.readlink(path.join(shop.hostHome(host), "shop/storefront/current")).catch(() => "none")),
    );
  const addressOf = (name: string) => shop.fleet.hosts.find((host) => host.name === name)?.address ?? "";

  it("down from the start: nothing switches, every host's outcome is told, exit 1", async () => {
    const before = await links();
    await shop.fleet.stop("web2.us");
    const { code, stdout, stderr } = await shop.facs("deploy", "staging", "--yes", "storefront@1.1.0");
    await shop.fleet.start("web2.us");
    expect(stdout + stderr).toContain(
      "staging: nothing switched. 4 of 5 hosts were ready, 1 failed; all still run what they ran before.",
    );
    expect(stdout).toMatch(/unreachable {2}web2\.us/);
    // Nothing of it was written down, not even the version.
    expect(stdout).toContain("then: facs deploy staging storefront@1.1.0\n");
    expect(code).toBe(1);
    expect(await links()).toEqual(before);
  });

  it("going down in the middle: nothing switches anywhere, exit 1, and the next deploy goes through", async () => {
    const before = await links();
    await shop.edit(
      "define/storefront.json5",
      'postcmd: "./bin/restart",',
      'postcmd: "./bin/restart",\n    precmd: "touch \\"$HOME/at-precmd\\"; sleep 4",',
    );
    const running = shop.start("deploy", "staging", "--yes", "storefront@1.1.0");
    await until(() => fs.access(path.join(shop.hostHome("db1.us"), "at-precmd")));
    await shop.fleet.stop("db1.us");
    const { code, stdout, stderr } = await running.done;
    expect(stdout + stderr).toContain("nothing switched");
    expect(stdout).toMatch(/unreachable {2}the connection to db1\.us was lost/);
    expect(code).toBe(1);
    expect(await links()).toEqual(before);
    expect((await ask(addressOf("web1.eu")))["version"]).toBe("1.0.0");
    await shop.fleet.start("db1.us");
    // The lease of the run that died there ends by itself within two minutes.
    await fs.rm(path.join(shop.hostHome("db1.us"), "shop/.facsimile/lock"), { recursive: true });
    await shop.edit("define/storefront.json5", '\n    precmd: "touch \\"$HOME/at-precmd\\"; sleep 4",', "");
  });

  it("down, with maxUnreachable: 1: the others go on, the exit is 3, and the host catches up later", async () => {
    await shop.edit("define/staging.json5", "deploy: {", "deploy: {\n    maxUnreachable: 1,");
    await shop.fleet.stop("web1.us");
    const { code, stdout, stderr } = await shop.facs("deploy", "staging", "--yes", "storefront@1.1.0");
    await shop.fleet.start("web1.us");
    expect(stdout + stderr).toContain("staging: partial.");
    expect(stdout + stderr).toContain("1 host left behind");
    expect(code).toBe(3);
    expect((await ask(addressOf("web1.eu")))["version"]).toBe("1.1.0");
    expect((await shop.facs("verify", "staging")).code).not.toBe(0);
    expect(await shop.facs("deploy", "staging", "--yes")).toMatchObject({ code: 0 });
    expect(await shop.facs("verify", "staging")).toMatchObject({ code: 0 });
    expect((await ask(addressOf("web1.us")))["version"]).toBe("1.1.0");
  }, 60_000);

  it("unwell after the switch: all go back to what ran before, with its commands run, exit 1", async () => {
    const before = await links();
    await shop.edit(
      "define/storefront.json5",
      'health: { run: ["./bin/health"], retries: 5, interval: 1 }',
      'health: { run: ["sh", "-c", "test $FACS_PROJECT != storefront || test ! -e \\"$HOME/unwell\\""], retries: 0 }',
    );
    await fs.writeFile(path.join(shop.hostHome("web2.eu"), "unwell"), "");
    await shop.edit("define/staging.json5", "hello from staging", "hello again");
    const { code, stdout, stderr } = await shop.facs("deploy", "staging", "--yes");
    expect(stdout + stderr).toContain(
      "staging: reverted. 1 host failed after the switch; 5 hosts run again what they ran before.",
    );
    expect(stdout + stderr).toContain("web2.eu is not healthy");
    expect(code).toBe(1);
    expect(await links()).toEqual(before);
    expect((await ask(addressOf("web1.eu")))["banner"]).toBe("hello from staging");
    await fs.rm(path.join(shop.hostHome("web2.eu"), "unwell"));
    expect(await shop.facs("deploy", "staging", "--yes")).toMatchObject({ code: 0 });
    expect((await ask(addressOf("web2.eu")))["banner"]).toBe("hello again");
  });

  it("going down after the switch: the others go back, the lost one is named, exit 3", async () => {
    const before = await links();
    const slow = './bin/restart; if [ -e \\"$HOME/slow\\" ]; then touch \\"$HOME/at-postcmd\\"; sleep 5; fi';
    await shop.edit("define/storefront.json5", 'postcmd: "./bin/restart"', `postcmd: "${slow}"`);
    await fs.writeFile(path.join(shop.hostHome("web1.us"), "slow"), "");
    await shop.edit("define/staging.json5", "hello again", "hello at last");
    const running = shop.start("deploy", "staging", "--yes");
    await until(() => fs.access(path.join(shop.hostHome("web1.us"), "at-postcmd")));
    await shop.fleet.stop("web1.us");
    const { code, stdout } = await running.done;
    expect(stdout).toContain("web1.us could not be taken back");
    expect(stdout).toContain("Look at web1.us yourself");
    expect(code).toBe(3);
    const after = await links();
    expect(after.filter((_, index) => HOSTS[index] !== "web1.us")).toEqual(
      before.filter((_, index) => HOSTS[index] !== "web1.us"),
    );
    expect((await ask(addressOf("web1.eu")))["banner"]).toBe("hello again");
  });
});

async function until(check: () => Promise<unknown>): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    if (await check().then(() => true, () => false)) return; // biome-ignore format: one line
    await sleep(50);
  }
  throw new Error("it did not happen within 10 s");
}
