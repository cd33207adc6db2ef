import { spawn } from "node:child_process";
import fs from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type DeployWorld, deployWorld, hooks, outcomes } from "./deploy-world.ts";
import { programArgs } from "./killed.ts";

const NAMES = ["web1.eu", "web2.eu", "web1.us"];
const WAVES = 'policy: "rolling", waves: [{ hosts: ["web1.eu"] }, { hosts: ["web2.eu"] }],';

describe("a run that left hosts behind", { timeout: 120_000 }, () => {
  let shop: DeployWorld;
  beforeAll(async () => {
    shop = await deployWorld(NAMES);
  });
  beforeEach(async () => {
    for (const host of NAMES) for (const file of ["trace", "unwell", "slow", "at-postcmd"]) await shop.mark(host, file, false); // biome-ignore format: one line
    await shop.define({ deploy: hooks(), banner: "old" });
    expect((await shop.deploy()).outcome).toMatch(/done|unchanged/);
    for (const host of NAMES) await shop.mark(host, "trace", false);
  });
  afterAll(() => shop.stopAll());

  it("goes on with --resume: only with the hosts that are not done, and with the same releases", async () => {
    await shop.mark("web2.eu", "unwell");
    await shop.define({ deploy: hooks() + WAVES, banner: "new" });
    const first = await shop.deploy();
    expect(outcomes(first)).toEqual({ "web1.eu": "done", "web2.eu": "failed", "web1.us": "not tried" });
    await shop.mark("web2.eu", "unwell", false);
    const damaged = path.join(shop.root, "RELEASE/staging/runs/20200101-0000-0000.jsonl");
    const line = { at: "2020-01-01T00:00:00.000Z", event: "begin", projects: [{ project: "shop", version: "1" }], hosts: "web1.eu" }; // biome-ignore format: one line
    await fs.writeFile(damaged, `${JSON.stringify(line)}\n`);
    await expect(shop.deploy({ resume: "20200101-0000-0000" })).rejects.toMatchObject({ code: "RUN_INVALID" });
    const second = await shop.deploy({ resume: first.run });
    expect(second).toMatchObject({ outcome: "done", projects: first.projects });
    expect(outcomes(second)).toEqual({ "web2.eu": "done", "web1.us": "done", "web1.eu": `skipped: done in run ${first.run}` }); // biome-ignore format: one line
    expect((await shop.journal(second.run))[1]).toMatchObject({ event: "begin", resumes: first.run });
    expect(await shop.banners()).toEqual(["new", "new", "new"]);
    await expect(shop.deploy({ resume: second.run })).rejects.toMatchObject({ code: "NO_HOSTS" });
  });

  it("takes a host that was done and then rolled back for one that is still to be done", async () => {
    await shop.mark("web2.eu", "unwell");
    await shop.define({ deploy: hooks() + WAVES, banner: "new" });
    const { run } = await shop.deploy();
    await shop.mark("web2.eu", "unwell", false);
    expect(await shop.rollback()).toMatchObject({ outcome: "done" });
    expect(await shop.banners()).toEqual(["old", "old", "old"]);
    expect(outcomes(await shop.deploy({ resume: run }))).toEqual({ "web1.eu": "done", "web2.eu": "done", "web1.us": "done" }); // biome-ignore format: one line
    expect(await shop.banners()).toEqual(["new", "new", "new"]);
  });

  it("does not go on when what would be deployed is another thing now, and touches nothing", async () => {
    await shop.mark("web2.eu", "unwell");
    await shop.define({ deploy: hooks() + WAVES, banner: "new" });
    const { run } = await shop.deploy();
    await shop.define({ deploy: hooks() + WAVES, banner: "newer" });
    await expect(shop.deploy({ resume: run })).rejects.toMatchObject({
      code: "RESUME_DIFFERS",
      message: expect.stringMatching(/^run \S+ cannot go on: shop 1 has other content or other hosts now \(\w{7}, and was \w{7}\)$/), // biome-ignore format: one line
    });
    await shop.define({ deploy: hooks() + WAVES, banner: "new" });
    await expect(shop.deploy({ resume: run, set: ["versions.shop=2"] })).rejects.toMatchObject({
      code: "USAGE",
      message: `run ${run} was not given --set versions.shop so`,
    });
    await expect(shop.deploy({ resume: run, projects: ["shop@2"] })).rejects.toMatchObject({ code: "USAGE" });
    await expect(shop.deploy({ resume: run, onlyFailed: true })).rejects.toMatchObject({ code: "USAGE" });
    expect(await shop.banners()).toEqual(["new", "old", "old"]);
  });

  it("goes on with what --set said, also where no release tells it; a secret is in no journal, and is given again", async () => {
    await shop.mark("web2.eu", "unwell");
    const noted = `'echo "set $(cat etc/banner)" >> $HOME/trace'`;
    await shop.define({ deploy: hooks() + WAVES });
    const set = ["banner=sale", `deploy.postcmd=${noted.slice(1, -1)}`];
    const secret = "shop.password=hunter2x";
    const first = await shop.deploy({ set: [...set, secret] });
    expect(outcomes(first)).toEqual({ "web1.eu": "done", "web2.eu": "failed", "web1.us": "not tried" });
    const text = JSON.stringify(await shop.journal(first.run));
    expect(text).not.toContain("hunter2x");
    expect((await shop.journal(first.run))[1]).toMatchObject({ event: "begin", set: [...set, "shop.password"] });
    await shop.mark("web2.eu", "unwell", false);

    await expect(shop.deploy({ resume: first.run })).rejects.toMatchObject({
      code: "USAGE",
      message: `run ${first.run} was given --set shop.password, and no journal holds secrets`,
      hint: `Give it again, as it was: facs deploy staging --resume ${first.run} --set shop.password=...`,
    });
    await expect(shop.deploy({ resume: first.run, set: ["banner=other", secret] })).rejects.toMatchObject({
      code: "USAGE",
    });
    const second = await shop.deploy({ resume: first.run, set: [secret] });
    expect(second).toMatchObject({ outcome: "done", projects: first.projects });
    expect(await shop.banners()).toEqual(["sale", "sale", "sale"]);
    expect(await shop.read("web1.us", "trace")).toContain("set sale\n");
    expect((await shop.journal(second.run))[1]).toMatchObject({ set: [...set, "shop.password"] });
  });

  it("is deployed anew with --only-failed, also to hosts that went back", async () => {
    await shop.mark("web2.eu", "unwell");
    await shop.define({ deploy: hooks(), banner: "new" });
    const first = await shop.deploy();
    expect(outcomes(first)).toEqual({ "web1.eu": "reverted", "web2.eu": "failed", "web1.us": "reverted" });
    await shop.mark("web2.eu", "unwell", false);
    await shop.define({ deploy: hooks(), banner: "newer", hosts: { "web1.us": 'down: "moving house"' } });
    const second = await shop.deploy({ onlyFailed: true });
    expect(second.outcome).toBe("done");
    expect(outcomes(second)).toEqual({
      "web1.eu": "done",
      "web2.eu": "done",
      "web1.us": "skipped: down: moving house",
    });
    expect(await shop.banners()).toEqual(["newer", "newer", "old"]);
  });

  it("ended before any host was touched: it is the last run, and can be resumed", async () => {
    await shop.fleet.stop("web2.eu");
    await shop.define({ deploy: hooks(), banner: "new" });
    const first = await shop.deploy();
    expect(first).toMatchObject({ outcome: "failed", run: expect.stringMatching(/^\d{8}-\d{4}-/) });
    const noted = (await shop.journal(first.run)).map(({ event, host, hosts, code }) => ({ event, host, hosts, code }));
    const ended = [["web1.eu", "not tried"], ["web2.eu", "unreachable"], ["web1.us", "not tried"]].map(([host, outcome]) => ({ host, outcome })); // biome-ignore format: one line
    expect(noted.slice(1)).toEqual([
      { event: "begin", hosts: NAMES },
      { event: "unreachable", host: "web2.eu", code: "HOST_UNREACHABLE" },
      { event: "end", hosts: ended },
    ]);
    await shop.fleet.start("web2.eu");
    const second = await shop.deploy({ resume: first.run });
    expect(second).toMatchObject({ outcome: "done", projects: first.projects });
    expect(await shop.banners()).toEqual(["new", "new", "new"]);
  });

  it("ended before its version was written down: --only-failed takes its hosts, --resume says what to type", async () => {
    await shop.fleet.stop("web2.eu");
    await shop.define({ deploy: hooks(), banner: "new" });
    const report = await shop.deploy({ projects: ["shop@2"], filter: { regions: ["eu"] } });
    expect(report).toMatchObject({ outcome: "failed", run: "" });
    await shop.fleet.start("web2.eu");
    const { run } = await lastJournal();
    expect((await shop.journal(run)).at(-1)?.["hosts"]).toContainEqual({ host: "web1.us", outcome: "skipped" });
    await expect(shop.deploy({ resume: run })).rejects.toMatchObject({
      code: "UNKNOWN_RUN",
      hint: expect.stringMatching(/Deploy anew: facs deploy staging shop@2 --hosts web1\.eu,web2\.eu$/),
    });
    const after = await shop.deploy({ onlyFailed: true });
    expect(outcomes(after)).toEqual({ "web1.eu": "done", "web2.eu": "done", "web1.us": `skipped: not in run ${run}` });
  });

  it("killed by -9 between switch and health: --resume ends what was begun, with its commands", async () => {
    const slow = `'echo "post $(cat etc/banner)" >> $HOME/trace; test ! -e $HOME/slow || { touch $HOME/at-postcmd; sleep 30; }'`;
    await shop.mark("web2.eu", "slow");
    await shop.define({ deploy: hooks(slow) + WAVES, banner: "new" });
    await startAndKill("web2.eu");
    const { run, file } = await lastJournal();
    expect(await fs.readFile(file, "utf8")).not.toContain('"end"');
    await fs.appendFile(file, '{"at":"2026-11-22T09:31:02.000Z","event":"confir'); // A last line that was cut.
    await shop.mark("web2.eu", "slow", false);
    expect(await shop.banners()).toEqual(["new", "new", "old"]);

    const report = await shop.deploy({ resume: run });
    expect(report.outcome).toBe("done");
    expect(outcomes(report)).toEqual({
      "web2.eu": "done",
      "web1.us": "done",
      "web1.eu": `skipped: done in run ${run}`,
    });
    expect(await shop.read("web2.eu", "trace")).toBe("pre old\npost new\npre new\npost new\n");
    expect((await shop.deploy()).outcome).toBe("unchanged");
  });

  it("killed by -9: a plain deploy takes no host for done that never came to its end", async () => {
    const slow = `'echo "post $(cat etc/banner)" >> $HOME/trace; test ! -e $HOME/slow || { touch $HOME/at-postcmd; sleep 30; }'`;
    await shop.mark("web1.eu", "slow");
    await shop.define({ deploy: hooks(slow) + WAVES, banner: "new" });
    await startAndKill("web1.eu");
    await shop.mark("web1.eu", "slow", false);
    expect(await shop.banners()).toEqual(["new", "old", "old"]);
    expect(outcomes(await shop.deploy({ onlyFailed: true }))).toEqual({ "web1.eu": "done", "web2.eu": "done", "web1.us": "done" }); // biome-ignore format: one line
  });

  /** Until the host has switched and runs its command. */
  async function startAndKill(host: string): Promise<void> {
    const child = spawn(process.execPath, [...programArgs("deploy"), shop.root, shop.fleet.sshConfig], { stdio: ["ignore", "ignore", "inherit"] }); // biome-ignore format: one line
    const ended = new Promise((resolve) => child.once("exit", resolve));
    while ((await shop.read(host, "at-postcmd")) === undefined && child.exitCode === null) await sleep(50);
    child.kill("SIGKILL");
    await ended;
    // Its locks free themselves, two minutes after they were renewed last.
    for (const { home } of shop.fleet.hosts) await fs.rm(path.join(home, "shop/.facsimile/lock"), { recursive: true, force: true }); // biome-ignore format: one line
  }

  async function lastJournal(): Promise<{ run: string; file: string }> {
    const folder = path.join(shop.root, "RELEASE/staging/runs");
    const files = await Promise.all((await fs.readdir(folder)).map(async (name) => ({ name, at: (await fs.stat(path.join(folder, name))).mtimeMs }))); // biome-ignore format: one line
    const { name } = files.sort((a, b) => b.at - a.at)[0] ?? { name: "" };
    return { run: name.replace(".jsonl", ""), file: path.join(folder, name) };
  }
});

it("does not bring back a project that left the instance, with --resume and with --only-failed", async () => {
  const shop = await deployWorld(["web1.eu"], { projects: ["shop", "till"] });
  try {
    await shop.mark("web1.eu", "unwell");
    await shop.define({ deploy: hooks() });
    const { run } = await shop.deploy();
    const file = path.join(shop.root, "define/facsimile.json5");
    await fs.writeFile(file, (await fs.readFile(file, "utf8")).replace(', till: "1"', ""));
    for (const request of [{ resume: run }, { onlyFailed: true }])
      await expect(shop.deploy(request)).rejects.toMatchObject({
        code: "RESUME_DIFFERS",
        message: `run ${run} cannot go on: till is not deployed here any more`,
        hint: expect.stringMatching(/^Deploy what is now, without --(resume|only-failed): facs deploy staging$/),
      });
  } finally {
    await shop.stopAll();
  }
});
