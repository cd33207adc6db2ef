import fs from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type DeployWorld, deployWorld, outcomes } from "./deploy-world.ts";

const NAMES = ["web1.eu", "web2.eu"];
const WAIT = `'touch $HOME/at-precmd; while [ ! -e $HOME/go ]; do sleep 0.1; done'`;

describe("a lock that somebody frees before the switch", { timeout: 60_000 }, () => {
  let shop: DeployWorld;
  beforeAll(async () => {
    shop = await deployWorld(NAMES);
    expect((await shop.deploy()).outcome).toBe("done");
  });
  beforeEach(async () => {
    for (const host of NAMES) for (const file of ["at-precmd", "go"]) await shop.mark(host, file, false);
  });
  afterAll(() => shop.stopAll());

  /** Deploys, and frees these locks while the first of `waiting` is at its `precmd`. */
  async function deployed(
    deploy: string,
    { freed, waiting = NAMES }: { freed: readonly string[]; waiting?: readonly string[] },
  ) {
    await shop.define({ banner: "new", deploy });
    const running = shop.deploy();
    for (const host of waiting) while ((await shop.read(host, "at-precmd")) === undefined) await sleep(20);
    for (const { name, home } of shop.fleet.hosts)
      if (freed.includes(name)) await fs.rm(path.join(home, "shop/.facsimile/lock"), { recursive: true });
    for (const host of NAMES) await shop.mark(host, "go");
    const report = await running;
    const lost = report.hosts.filter(({ problem }) => problem?.code === "LOCK_LOST").map(({ host }) => host);
    return { outcome: report.outcome, hosts: outcomes(report), lost, banners: await shop.banners() };
  }

  const before = ["one", "one"];

  it("leaves all as it was: nothing switched", async () => {
    const hosts = { "web1.eu": "failed", "web2.eu": "failed" };
    expect(await deployed(`precmd: ${WAIT},`, { freed: NAMES })).toEqual({ outcome: "failed", hosts, lost: NAMES, banners: before }); // biome-ignore format: one line
  });

  it("of one host takes the others back, at once or wave by wave", async () => {
    const hosts = { "web1.eu": "reverted", "web2.eu": "failed" };
    const ended = { outcome: "failed", hosts, lost: ["web2.eu"], banners: before };
    expect(await deployed(`precmd: ${WAIT},`, { freed: ["web2.eu"] })).toEqual(ended);
    for (const host of NAMES) for (const file of ["at-precmd", "go"]) await shop.mark(host, file, false);
    const rolling = `policy: "rolling", waves: [{ max: 1 }], precmd: ${WAIT},`;
    expect(await deployed(rolling, { freed: ["web2.eu"], waiting: ["web1.eu"] })).toEqual(ended);
  });

  it("keeps a command from beginning, which cannot be irreversible then; where one ran, it is said", async () => {
    const begins = `{ run: 'touch $HOME/begun', irreversible: true }`;
    const hosts = { "web1.eu": "failed", "web2.eu": "failed" };
    expect(await deployed(`precmd: [${WAIT}, ${begins}],`, { freed: NAMES })).toEqual({ outcome: "failed", hosts, lost: NAMES, banners: before }); // biome-ignore format: one line
    for (const host of NAMES) expect(await shop.read(host, "begun"), host).toBeUndefined();
    for (const host of NAMES) for (const file of ["at-precmd", "go"]) await shop.mark(host, file, false);
    const ended = await deployed(`precmd: [${begins}, ${WAIT}],`, { freed: NAMES });
    expect(ended).toEqual({ outcome: "partial", hosts, lost: NAMES, banners: before });
  });
});
