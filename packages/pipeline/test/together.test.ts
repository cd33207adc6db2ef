import fs from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { tree } from "@facsimile/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type DeployWorld, deployWorld, hooks, outcomes } from "./deploy-world.ts";

const NAMES = ["web1.eu", "web2.eu", "db1.eu", "web1.us", "web2.us"];

/** A host whose `mv` waits before `current` is renamed, where its home has the file `slow`; `other` was there right before the lock; `full`: it cannot keep what was proven. */
const MV = `#!/bin/sh
case "$*" in
*/shop/.facsimile/lock) [ ! -e "$HOME/other" ] || echo '{"facsimile":"deployed/1","scope":"staging","id":"i","serial":9,"digest":"d"}' > "$HOME/shop/.facsimile/.state.staging" ;;
*/seen.*/current/snapshot) [ ! -e "$HOME/full" ] || { echo "mv: no room" >&2; exit 1; } ;;
*/shop/shop/current) [ ! -e "$HOME/slow" ] || { touch "$HOME/at-switch"; sleep 20; } ;; esac
exec /bin/mv "$@"
`;

/** A host that cannot say what it holds. */
const SHA256SUM = `#!/bin/sh
[ ! -e "$HOME/forgetful" ] || exit 1
exec /usr/bin/sha256sum "$@"
`;

describe("the policy together", { timeout: 60_000 }, () => {
  let shop: DeployWorld;
  beforeAll(async () => {
    const bin = await tree({ mv: { content: MV, mode: 0o755 }, sha256sum: { content: SHA256SUM, mode: 0o755 } }, { onFinished: afterAll }); // biome-ignore format: one line
    shop = await deployWorld(NAMES, { env: () => ({ PATH: `${bin}:${process.env["PATH"]}` }) });
  });
  beforeEach(async () => {
    for (const host of NAMES)
      for (const file of ["unwell", "slow", "other", "at-switch", "at-precmd", "forgetful", "full", "bad-postcmd"])
        await shop.mark(host, file, false);
    await shop.define({ deploy: hooks(), banner: "old" });
    expect((await shop.deploy()).outcome).toMatch(/done|unchanged/);
    for (const host of NAMES) await shop.mark(host, "trace", false);
  });
  afterAll(() => shop.stopAll());

  it("ignores waves: all are staged, then all switch, and a failure takes all back, however many may fail", async () => {
    await shop.mark("web2.us", "unwell");
    await shop.define({ deploy: `${hooks()} waves: [{ regions: ["eu"], max: 1 }], maxFailures: 3,`, banner: "new" });
    const report = await shop.deploy();
    expect(report.outcome).toBe("failed");
    expect(report.waves).toBeUndefined();
    expect(outcomes(report)).toEqual({ "web1.eu": "reverted", "web2.eu": "reverted", "db1.eu": "reverted", "web1.us": "reverted", "web2.us": "failed" }); // biome-ignore format: one line
    expect(await shop.banners()).toEqual(["old", "old", "old", "old", "old"]);
    expect(await shop.read("web1.eu", "trace")).toMatch(/^pre old\npost new \d+\npost old \d+\n$/);
  });

  it("takes all back where the command after the switch fails on one, with what that said, and runs the old one on each", async () => {
    const postcmd = `'echo "post $(cat etc/banner)" >> $HOME/trace; test "$(cat etc/banner)" = old || test ! -e $HOME/bad-postcmd || { echo no queue; exit 3; }'`;
    await shop.define({ deploy: hooks(postcmd), banner: "old" });
    await shop.deploy();
    await shop.mark("db1.eu", "bad-postcmd");
    await shop.define({ deploy: hooks(postcmd), banner: "newest" });
    for (const host of NAMES) await shop.mark(host, "trace", false);
    const report = await shop.deploy();
    expect(report.outcome).toBe("failed");
    expect(outcomes(report)).toEqual({ "web1.eu": "reverted", "web2.eu": "reverted", "db1.eu": "failed", "web1.us": "reverted", "web2.us": "reverted" }); // biome-ignore format: one line
    const { problem, switched } = report.hosts.find(({ host }) => host === "db1.eu") ?? {};
    expect(problem).toMatchObject({ code: "HOOK_FAILED", message: expect.stringMatching(/ exited 3 on db1\.eu:\n {4}no queue$/) }); // biome-ignore format: one line
    expect(switched).toBe("back");
    expect(await shop.banners()).toEqual(["old", "old", "old", "old", "old"]);
    for (const host of NAMES) expect(await shop.read(host, "trace")).toBe("pre old\npost newest\npost old\n");
    expect(await shop.verify()).toEqual([]);
  });

  it("stops where another state was deployed between the plan and the lock", async () => {
    await shop.mark("web1.us", "other");
    await shop.define({ deploy: hooks(), banner: "new" });
    const report = await shop.deploy();
    expect(report.outcome).toBe("failed");
    const { problem } = report.hosts.find(({ host }) => host === "web1.us") ?? {};
    expect(problem).toMatchObject({ code: "HOST_MOVED", message: "web1.us: somebody else changed the state there meanwhile" }); // biome-ignore format: one line
    expect(await shop.banners()).toEqual(["old", "old", "old", "old", "old"]);
    await shop.mark("web1.us", "other", false);
    await shop.mark("web1.us", "shop/.facsimile/.state.staging", false);
  });

  it("runs commands before the switch only when all are staged", async () => {
    await shop.mark("web2.us", "forgetful");
    await shop.define({ deploy: hooks(), banner: "new" });
    const report = await shop.deploy();
    expect(report.outcome).toBe("failed");
    expect(outcomes(report)).toMatchObject({ "web1.eu": "not tried", "web2.us": "failed" });
    for (const host of NAMES) expect(await shop.read(host, "trace"), host).toBeUndefined();
  });

  it("a host that cannot note its switch keeps what it runs, as the others do; the next deploy ends it", async () => {
    await shop.mark("db1.eu", "full");
    await shop.define({ deploy: hooks(), banner: "new" });
    const report = await shop.deploy();
    expect(report.outcome).toBe("partial");
    expect(outcomes(report)).toMatchObject({ "web1.eu": "done", "db1.eu": "failed", "web2.us": "done" });
    const { problem, switched } = report.hosts.find(({ host }) => host === "db1.eu") ?? {};
    expect(problem?.code).toBe("NOT_CONFIRMED");
    expect(problem?.message).toMatch(/^db1\.eu switched and is well; that could not be noted there: .*mv: no room/);
    expect(switched).toBe("kept");
    expect(await shop.banners()).toEqual(["new", "new", "new", "new", "new"]);
    await shop.mark("db1.eu", "full", false);
    expect(outcomes(await shop.deploy())).toMatchObject({ "web1.eu": "unchanged", "db1.eu": "done" });
    expect(await shop.read("db1.eu", "trace")).toMatch(/^pre old\npost new \d+\npre new\npost new \d+\n$/);
  });

  it("chosen hosts get the release of the whole instance; of the others it says that they were not chosen", async () => {
    await shop.define({ deploy: hooks(), banner: "new", hosts: { "web2.eu": 'down: "moving house"' } });
    const some = await shop.deploy({ filter: { regions: ["eu"], targets: ["frontend"] } });
    expect(some.outcome).toBe("done");
    expect(outcomes(some)).toEqual({
      "web1.eu": "done",
      "db1.eu": "skipped: not chosen",
      "web1.us": "skipped: not chosen",
      "web2.us": "skipped: not chosen",
      "web2.eu": "skipped: down: moving house",
    });
    expect(await shop.banners()).toEqual(["new", "old", "old", "old", "old"]);
    const all = await shop.deploy();
    expect(all.projects).toEqual(some.projects);
    expect(outcomes(all)).toMatchObject({ "web1.eu": "unchanged", "web1.us": "done", "web2.eu": "skipped: down: moving house" }); // biome-ignore format: one line
    await expect(shop.deploy({ filter: { hosts: ["web9.eu"] } })).rejects.toMatchObject({ code: "UNKNOWN_HOST" });
  });

  it("leaves so many hosts behind as may be out of reach, counted of those that are chosen", async () => {
    await shop.fleet.stop("web2.us");
    await shop.define({ deploy: `${hooks()} maxUnreachable: "20%",`, banner: "new" });
    expect((await shop.deploy({ filter: { regions: ["us"] } })).outcome).toBe("failed"); // 20 % of 2 is none.
    expect(await shop.banners()).toEqual(["old", "old", "old", "old", "old"]);
    const report = await shop.deploy();
    expect(report.outcome).toBe("partial");
    expect(outcomes(report)).toMatchObject({ "web1.us": "done", "web2.us": "unreachable" });
    await shop.fleet.start("web2.us");
    expect(outcomes(await shop.deploy({ onlyFailed: true }))).toMatchObject({ "web2.us": "done", "web1.us": `skipped: done in run ${report.run}` }); // biome-ignore format: one line
  });

  it("leaves a host behind that is lost during precmd, as it was staged; not one that was to do something for all", async () => {
    const waiting = (more: string) => `${hooks().replace(/^ *precmd:.*$/m, `precmd: { run: "touch $HOME/at-precmd; sleep 1", ${more} },`)} maxUnreachable: 1,`; // biome-ignore format: one line
    const lose = async (host: string, deploy: string) => {
      await shop.define({ deploy, banner: "new" });
      const running = shop.deploy();
      while ((await shop.read(host, "at-precmd")) === undefined) await sleep(20);
      await shop.fleet.stop(host);
      const report = await running;
      await shop.fleet.start(host);
      await shop.mark(host, "at-precmd", false);
      // As if its time were over.
      await fs.rm(path.join(homeOf(host), "shop/.facsimile/lock"), { recursive: true });
      return report;
    };
    const owing = await lose("web1.eu", waiting("once: true"));
    expect(outcomes(owing)).toMatchObject({ "web1.eu": "unreachable", "web2.us": "not tried" });
    expect(await shop.banners()).toEqual(["old", "old", "old", "old", "old"]);
    const report = await lose("web2.us", waiting(""));
    expect(report.outcome).toBe("partial");
    expect(outcomes(report)).toEqual({ "web1.eu": "done", "web2.eu": "done", "db1.eu": "done", "web1.us": "done", "web2.us": "unreachable" }); // biome-ignore format: one line
    expect(await shop.banners()).toEqual(["new", "new", "new", "new", "old"]);
    expect((await shop.deploy()).outcome).toBe("done");
  });

  it("counts no host as out of reach that answers, and cannot have its copy", async () => {
    const state = path.join(homeOf("web1.us"), "shop/.facsimile/.state.staging");
    await fs.writeFile(state, '{"facsimile":"deployed/9"}\n');
    await shop.define({ deploy: `${hooks()} maxUnreachable: 1,`, banner: "new" });
    const newer = await shop.deploy();
    await fs.rm(state);
    await shop.define({ deploy: `${hooks()} maxUnreachable: 1, strategy: "mirror",`, banner: "new" });
    const other = await shop.deploy();
    expect([newer.outcome, other.outcome]).toEqual(["failed", "failed"]);
    expect(outcomes(newer)).toMatchObject({ "web1.eu": "not tried", "web1.us": "failed" });
    expect(outcomes(other)).toMatchObject({ "web1.us": "failed" });
    await shop.define({ deploy: `${hooks()} maxUnreachable: 1,`, banner: "new", hosts: { "web1.us": 'user: "nobody-such"' } }); // biome-ignore format: one line
    const refused = await shop.deploy();
    expect([refused.outcome, outcomes(refused)["web1.eu"]]).toEqual(["failed", "not tried"]);
    const codes = [newer, other, refused].map(
      ({ hosts }) => hosts.find(({ host }) => host === "web1.us")?.problem?.code,
    );
    expect(codes).toEqual(["HOST_FORMAT_NEWER", "STRATEGY_CHANGED", "LOGIN_REFUSED"]);
    expect(await shop.banners()).toEqual(["old", "old", "old", "old", "old"]);
  });

  it("a connection lost during the switch: the others go back; of that host it says that nobody knows", async () => {
    await shop.mark("web1.us", "slow");
    await shop.define({ deploy: hooks(), banner: "new" });
    const running = shop.deploy();
    while ((await shop.read("web1.us", "at-switch")) === undefined) await sleep(50);
    await shop.fleet.stop("web1.us");
    const report = await running;
    expect(report.outcome).toBe("partial");
    expect(outcomes(report)).toEqual({ "web1.eu": "reverted", "web2.eu": "reverted", "db1.eu": "reverted", "web1.us": "unreachable", "web2.us": "reverted" }); // biome-ignore format: one line
    expect(report.hosts.find(({ host }) => host === "web1.us")?.problem).toMatchObject({
      code: "SWITCH_UNKNOWN",
      message: "web1.us: the connection was lost during the switch; unknown whether it switched",
    });
    await shop.fleet.start("web1.us");
    await fs.rm(path.join(homeOf("web1.us"), "shop/.facsimile/lock"), { recursive: true });
    await shop.mark("web1.us", "slow", false);
    expect((await shop.deploy({ resume: report.run })).outcome).toBe("done");
    expect(await shop.banners()).toEqual(["new", "new", "new", "new", "new"]);
  });

  function homeOf(name: string): string {
    return shop.fleet.hosts.find((host) => host.name === name)?.home ?? "";
  }
});

describe("several projects in one run", { timeout: 60_000 }, () => {
  let shop: DeployWorld;
  beforeAll(async () => {
    shop = await deployWorld(["web1.eu", "web2.eu"], { projects: ["till", "shop"] });
  });
  afterAll(() => shop.stopAll());
  const note = `'echo "$FACS_PROJECT $(cat etc/banner)" >> $HOME/trace'`;

  it("switch in their order, and go back in the other, all or none", async () => {
    const health = `health: { run: 'test "$FACS_PROJECT" = till || test ! -e $HOME/unwell', retries: 0 },`;
    await shop.define({ deploy: `postcmd: ${note}, ${health}`, banner: "old" });
    expect((await shop.deploy()).outcome).toBe("done");
    expect(await shop.read("web1.eu", "trace")).toBe("till old\nshop old\n");
    for (const host of ["web1.eu", "web2.eu"]) await shop.mark(host, "trace", false);
    await shop.mark("web2.eu", "unwell");
    await shop.define({ deploy: `postcmd: ${note}, ${health}`, banner: "new" });
    const report = await shop.deploy();
    expect(outcomes(report)).toEqual({ "web1.eu": "reverted", "web2.eu": "failed" });
    for (const host of ["web1.eu", "web2.eu"])
      expect(await shop.read(host, "trace")).toBe("till new\nshop new\nshop old\ntill old\n");
    expect(await shop.banners()).toEqual(["old", "old"]);
    const begun = (await shop.journal(report.run)).filter(({ event }) => event === "locked");
    expect(begun).toHaveLength(2);
  });

  it("past an irreversible command a host that fails keeps what it runs, and says which projects it did not come to", async () => {
    const health = `health: { run: 'test "$FACS_PROJECT" = shop || test ! -e $HOME/unwell', retries: 0 },`;
    const migrate = "{ run: 'true', once: true, irreversible: true }";
    await shop.define({ deploy: `postcmd: ${migrate}, ${health}`, banner: "newer" });
    const { outcome, hosts } = await shop.deploy();
    expect([outcome, hosts[1]]).toMatchObject(["partial", { outcome: "failed", switched: "kept", behind: ["shop"] }]);
    expect(await shop.banners()).toEqual(["newer", "old"]);
    expect(await shop.read("web2.eu", "shop/till/current/etc/banner")).toBe("newer");
  });
});
