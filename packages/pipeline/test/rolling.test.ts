import fs from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type DeployWorld, deployWorld, hooks, outcomes } from "./deploy-world.ts";

const NAMES = ["web1.eu", "web2.eu", "db1.eu", "web1.us", "web2.us"];
const LOCK =
  '{"facsimile":"lock/1","owner":"ann@laptop","run":"20260101-000000-1","reason":"deploy","since":1767225600}';
const WAVES =
  'policy: "rolling", waves: [{ regions: ["eu"], targets: ["frontend"], max: 1 }, { targets: ["database"] }],';

describe("the policy rolling", { timeout: 60_000 }, () => {
  let shop: DeployWorld;
  beforeAll(async () => {
    shop = await deployWorld(NAMES);
    await shop.define({ deploy: hooks() });
    await shop.deploy();
  });
  beforeEach(async () => {
    for (const host of NAMES) for (const file of ["trace", "unwell", "bad-precmd", "bad-postcmd"]) await shop.mark(host, file, false); // biome-ignore format: one line
    await shop.define({ deploy: hooks(), banner: "old" });
    expect((await shop.deploy()).outcome).toMatch(/done|unchanged/);
    for (const host of NAMES) await shop.mark(host, "trace", false);
  });
  afterAll(() => shop.stopAll());

  it("switches wave by wave, max hosts at once, and says which wave had which hosts", async () => {
    await shop.define({ deploy: hooks() + WAVES, banner: "new" });
    const report = await shop.deploy();
    expect(report).toMatchObject({
      outcome: "done",
      waves: [
        { name: "eu frontend", hosts: ["web1.eu", "web2.eu"] },
        { name: "database", hosts: ["db1.eu"] },
        { name: "the others", hosts: ["web1.us", "web2.us"] },
      ],
    });
    const order = shop.events.flatMap((event) => {
      if (event.type === "wave") return [`${event.wave}/${event.of} ${event.name}`];
      return event.type === "host" && ["switched", "confirmed"].includes(event.phase) ? [`${event.phase} ${event.host}`] : []; // biome-ignore format: one line
    });
    expect(order.slice(0, 8)).toEqual([
      "1/3 eu frontend",
      "switched web1.eu",
      "switched web2.eu",
      expect.stringMatching(/^confirmed web.\.eu$/),
      expect.stringMatching(/^confirmed web.\.eu$/),
      "2/3 database",
      "switched db1.eu",
      "confirmed db1.eu",
    ]);
    expect(await shop.read("web1.us", "trace")).toMatch(/^pre old\npost new \d+\n$/);
    expect(await shop.banners()).toEqual(["new", "new", "new", "new", "new"]);
    expect((await shop.deploy()).outcome).toBe("unchanged");
  });

  it("a wave that fails goes back; hosts of earlier waves keep the release, later ones are not tried", async () => {
    await shop.mark("db1.eu", "unwell");
    await shop.define({ deploy: hooks() + WAVES, banner: "new" });
    const report = await shop.deploy();
    expect(report).toMatchObject({ outcome: "partial", stopped: { wave: 2, begun: true } });
    expect(outcomes(report)).toEqual({ "web1.eu": "done", "web2.eu": "done", "db1.eu": "failed", "web1.us": "not tried", "web2.us": "not tried" }); // biome-ignore format: one line
    expect(await shop.banners()).toEqual(["new", "new", "old", "old", "old"]);
    expect(await shop.read("db1.eu", "trace")).toMatch(/^pre old\npost new \d+\npost old \d+\n$/);
    expect(await shop.read("web1.us", "trace")).toBeUndefined();
    expect((await shop.journal(report.run)).map(({ event, host }) => [event, host].join(" ").trim()).slice(-4)).toEqual([
      "wave", "failed db1.eu", "reverted db1.eu", "end",
    ]); // biome-ignore format: one line
  });

  it("a first wave that fails leaves all as it was: failed, and hosts of it that were well are back too", async () => {
    await shop.mark("web2.eu", "unwell");
    await shop.define({ deploy: hooks() + WAVES, banner: "new" });
    const report = await shop.deploy();
    expect(report.outcome).toBe("failed");
    expect(outcomes(report)).toEqual({ "web1.eu": "reverted", "web2.eu": "failed", "db1.eu": "not tried", "web1.us": "not tried", "web2.us": "not tried" }); // biome-ignore format: one line
    expect(report.hosts[1]?.switched).toBe("back");
    expect(await shop.banners()).toEqual(["old", "old", "old", "old", "old"]);
  });

  it("maxFailures: so many go back by themselves, and the run goes on; one more stops it", async () => {
    await shop.mark("web1.eu", "bad-precmd");
    await shop.mark("web2.us", "bad-postcmd");
    await shop.define({ deploy: `${hooks()}${WAVES} maxFailures: "40%",`, banner: "new" });
    const report = await shop.deploy();
    expect(report.outcome).toBe("partial");
    expect(outcomes(report)).toEqual({ "web1.eu": "failed", "web2.eu": "done", "db1.eu": "done", "web1.us": "done", "web2.us": "failed" }); // biome-ignore format: one line
    expect(await shop.banners()).toEqual(["old", "new", "new", "new", "old"]);
    await shop.define({ deploy: `${hooks()}${WAVES} maxFailures: 1,`, banner: "newer" });
    await shop.mark("db1.eu", "unwell");
    const second = await shop.deploy();
    expect(outcomes(second)).toEqual({ "web1.eu": "failed", "web2.eu": "done", "db1.eu": "failed", "web1.us": "not tried", "web2.us": "not tried" }); // biome-ignore format: one line
    expect(await shop.banners()).toEqual(["old", "newer", "new", "new", "old"]);
  });

  it("says where it stopped, whatever became of the waves before", async () => {
    const waves = 'policy: "rolling", waves: [{ hosts: ["web1.eu"] }, { hosts: ["db1.eu"] }], maxFailures: 1,';
    await shop.mark("web1.eu", "unwell");
    await shop.define({ deploy: hooks() + waves, banner: "new" });
    const through = await shop.deploy();
    expect([through.outcome, through.stopped]).toEqual(["partial", undefined]);
    await shop.mark("db1.eu", "unwell");
    await shop.define({ deploy: hooks() + waves, banner: "newer" });
    expect(await shop.deploy()).toMatchObject({ outcome: "failed", stopped: { wave: 2, begun: true } });
  });

  it("says that it stopped before the first wave where somebody else has a lock", async () => {
    const lock = path.join(shop.fleet.hosts[4]?.home ?? "", "shop/.facsimile/lock");
    await fs.mkdir(lock);
    await fs.writeFile(path.join(lock, `${"0".repeat(32)}.${Math.floor(Date.now() / 1000) + 300}`), LOCK);
    await shop.define({ deploy: hooks() + WAVES, banner: "new" });
    const report = await shop.deploy();
    await fs.rm(lock, { recursive: true });
    expect(report.hosts[4]?.problem?.code).toBe("LOCK_HELD");
    expect(report).toMatchObject({ outcome: "failed", stopped: { wave: 1, begun: false } });
  });

  it("soak: what falls ill after its wave goes back, and the next wave is not tried", async () => {
    const ill = "'test $(cat etc/banner) = old || { (sleep 1; touch $HOME/unwell) >/dev/null 2>&1 & }'";
    const soak = 'policy: "rolling", waves: [{ hosts: ["web1.eu"], soak: "3s" }],';
    await shop.define({ deploy: `${hooks(ill)}${soak}`, banner: "new" });
    const report = await shop.deploy();
    expect(report.outcome).toBe("failed");
    expect(outcomes(report)).toMatchObject({ "web1.eu": "failed", "web2.eu": "not tried" });
    expect(shop.events).toContainEqual({ type: "soak", wave: 1, of: 2, seconds: 3 });
    expect(await shop.banners()).toEqual(["old", "old", "old", "old", "old"]);
  });

  it("past an irreversible command nothing goes back: who is well keeps the release, who is not is told", async () => {
    const migrate = "[{ run: 'echo migrated >> $HOME/trace', once: true, irreversible: true }, 'true']";
    await shop.mark("web2.eu", "unwell");
    await shop.define({ deploy: `${hooks(migrate)}${WAVES}`, banner: "new" });
    const report = await shop.deploy();
    expect(report.outcome).toBe("partial");
    expect(outcomes(report)).toMatchObject({ "web1.eu": "done", "web2.eu": "failed", "db1.eu": "not tried" });
    expect(report.hosts.map(({ switched }) => switched)).toEqual([undefined, "kept", undefined, undefined, undefined]);
    expect(await shop.banners()).toEqual(["new", "new", "old", "old", "old"]);
    expect(await shop.read("web1.eu", "trace")).toBe("pre old\nmigrated\n");
    // Nothing takes the ill host for done: the next deploy looks again at what was never confirmed.
    await shop.mark("web2.eu", "unwell", false);
    expect(outcomes(await shop.deploy())).toMatchObject({
      "web1.eu": "unchanged",
      "web2.eu": "done",
      "db1.eu": "done",
    });
  });

  it("a command that runs once for all, and fails, stops the run, however many may fail", async () => {
    const migrate = "[{ run: 'echo migrate >> $HOME/trace; false', once: true }]";
    await shop.define({ deploy: `${hooks(migrate)}${WAVES} maxFailures: 4,`, banner: "new" });
    const report = await shop.deploy();
    expect(report.outcome).toBe("failed");
    expect(outcomes(report)).toMatchObject({ "web1.eu": "failed", "web2.eu": "not tried", "web2.us": "not tried" });
    expect(await shop.read("web2.eu", "trace")).toBeUndefined();
  });

  it("a command that runs once for all before the switch has ended before others of its wave begin", async () => {
    const once =
      "{ run: 'sleep 1; test ! -e $HOME/unwell; date +%s%N > $HOME/migrated', once: true, target: \"database\" }";
    const precmd = `precmd: [${once}, 'date +%s%N > $HOME/began'],`;
    const plain = hooks().replace(/^ *precmd:.*$/m, precmd);
    await shop.define({ deploy: `${plain} policy: "rolling", maxFailures: 4,`, banner: "new" });
    expect((await shop.deploy()).outcome).toBe("done");
    const migrated = BigInt((await shop.read("db1.eu", "migrated")) ?? "");
    for (const host of ["web1.eu", "web2.us"])
      expect(BigInt((await shop.read(host, "began")) ?? "")).toBeGreaterThan(migrated);
    for (const host of NAMES) await shop.mark(host, "trace", false);
    await shop.mark("db1.eu", "unwell");
    await shop.define({ deploy: `${plain} policy: "rolling", maxFailures: 4,`, banner: "newer" });
    const report = await shop.deploy();
    expect(outcomes(report)).toEqual({ "web1.eu": "not tried", "web2.eu": "not tried", "db1.eu": "failed", "web1.us": "not tried", "web2.us": "not tried" }); // biome-ignore format: one line
    expect(await shop.banners()).toEqual(["new", "new", "new", "new", "new"]);
  });

  it("nothing goes back while an irreversible command is still under way on another host", async () => {
    const migrate = "[{ run: 'sleep 2', once: true, irreversible: true }]";
    const slow = hooks(migrate).replace("test ! -e $HOME/unwell", "test ! -e $HOME/unwell || { sleep 0.5; false; }");
    await shop.mark("web2.eu", "unwell");
    await shop.define({ deploy: `${slow} policy: "rolling", maxFailures: 1,`, banner: "new" });
    const report = await shop.deploy();
    expect(outcomes(report)).toMatchObject({ "web1.eu": "done", "web2.eu": "failed", "web2.us": "done" });
    expect(report.hosts[1]?.switched).toBe("kept");
    expect(await shop.banners()).toEqual(["new", "new", "new", "new", "new"]);
  });

  it("who asks to stop is heard between hosts: what is begun is ended, the rest is not tried", async () => {
    const stop = new AbortController();
    const slow = "'test $(cat etc/banner) = old || { touch $HOME/at-postcmd; sleep 2; }'";
    await shop.define({ deploy: `${hooks(slow)}${WAVES}`, banner: "new" });
    const running = shop.deploy({}, stop.signal);
    while ((await shop.read("web1.eu", "at-postcmd")) === undefined) await new Promise((go) => setTimeout(go, 50));
    stop.abort(new Error("enough"));
    const report = await running;
    expect(report).toMatchObject({ outcome: "partial", stopped: { wave: 1, begun: true } });
    expect(outcomes(report)).toMatchObject({ "web1.eu": "done", "web2.eu": "not tried", "web2.us": "not tried" });
    expect(report.hosts[1]?.problem?.code).toBe("STOPPED");
    expect(await shop.banners()).toEqual(["new", "old", "old", "old", "old"]);
  });
});
