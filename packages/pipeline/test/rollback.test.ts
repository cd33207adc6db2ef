import fs from "node:fs/promises";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { FacsimileError } from "@facsimile/core";
import { problemsOf } from "@facsimile/core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { verify } from "../src/deploy/verify.ts";
import { type DeployWorld, deployWorld, hooks, outcomes } from "./deploy-world.ts";

const NAMES = ["web1.eu", "web2.eu", "db1.us"];
/** Its `postcmd` fails where the home has the file `bad-<banner>`. */
const HOOKS = hooks(`'b=$(cat etc/banner); echo "post $b" >> $HOME/trace; test ! -e $HOME/bad-$b'`);
/** A deploy of the same version would bring what runs. */
const ELSEWHERE =
  "Another release: facs history staging shop. What runs is 1 too: to have it as it was then, put back what the definitions said, and deploy.";
const all = (banner: string) => NAMES.map(() => banner);

describe("a rollback", { timeout: 60_000 }, () => {
  let shop: DeployWorld;
  const ids = new Map<string, string>();
  /** Deploys a release that has this banner, and notes its id. */
  const deploy = async (banner: string, more = HOOKS) => {
    await shop.define({ deploy: more, banner });
    const report = await shop.deploy();
    expect(report.outcome).toBe("done");
    ids.set(banner, report.projects[0]?.release ?? "");
  };
  const id = (banner: string) => ids.get(banner)?.slice(0, 7) ?? "";
  const refused = (request = {}) =>
    shop.rollback(request).then(
      () => ["not refused"],
      (error: FacsimileError) => problemsOf(error).map(({ code, message, hint }) => `${code} ${message} [${hint}]`),
    );
  const base = (host: string) => path.join(shop.fleet.hosts.find(({ name }) => name === host)?.home ?? "", "shop");
  const treeOn = async (host: string, banner: string) => {
    const record = await fs.readFile(path.join(base(host), `.facsimile/shop/${ids.get(banner)}/release.json`), "utf8");
    return path.join(base(host), "shop/releases", JSON.parse(record).hosts[host]);
  };

  beforeEach(async () => {
    shop = await deployWorld(NAMES);
    for (const banner of ["one", "two", "three"]) await deploy(banner);
    for (const host of NAMES) await shop.mark(host, "trace", false);
  });
  afterEach(() => shop.stopAll());

  it("goes to the release before, with its commands; a second one further back; then no further", async () => {
    const report = await shop.rollback();
    expect(report).toMatchObject({ schema: "rollback/1", outcome: "done", projects: [{ release: ids.get("two") }] });
    expect(report.defined).toMatchObject([{ project: "shop", version: "1" }]);
    expect(await shop.banners()).toEqual(all("two"));
    expect(await shop.read("web1.eu", "trace")).toBe("pre three\npost two\n");
    expect((await shop.journal(report.run))[1]).toMatchObject({ event: "begin", action: "rollback" });
    expect(await shop.read("db1.us", "shop/.facsimile/shop/history.jsonl")).toMatch(/"action":"rollback"\}\n$/);
    await expect(shop.deploy({ resume: report.run })).rejects.toMatchObject({ code: "USAGE" });
    expect((await shop.rollback()).projects).toMatchObject([{ release: ids.get("one") }]);
    expect(await shop.banners()).toEqual(all("one"));
    expect(await refused()).toEqual([
      "NO_OLDER_RELEASE hosts of staging confirmed no release of shop before the one they run [What they confirmed: facs history staging shop. Any version: facs deploy staging shop@VERSION]",
    ]);
    expect((await shop.deploy()).outcome).toBe("done");
    expect(await shop.banners()).toEqual(all("three"));
  });

  it("goes to the release that is named, older or newer, and changes nothing where it runs", async () => {
    expect((await shop.rollback({ words: [id("one")] })).outcome).toBe("done");
    expect(await shop.banners()).toEqual(all("one"));
    expect(outcomes(await shop.rollback({ words: ["shop", id("one")] }))).toEqual({ "web1.eu": "unchanged", "web2.eu": "unchanged", "db1.us": "unchanged" }); // biome-ignore format: one line
    expect((await shop.rollback({ words: [id("three")] })).outcome).toBe("done");
    expect(await shop.banners()).toEqual(all("three"));
    expect(await refused({ words: ["0000000"] })).toEqual([
      "UNKNOWN_RELEASE no host of staging confirmed a release 0000000 [What they confirmed: facs history staging]",
    ]);
    expect(await refused({ words: ["shop@1"] })).toEqual([expect.stringMatching(/^USAGE shop@1 names a version/)]);
  });

  it("names every host that does not hold the release, and switches none", async () => {
    await fs.rm(path.join(base("web2.eu"), ".facsimile/shop", ids.get("two") ?? ""), { recursive: true });
    await fs.rm(await treeOn("db1.us", "two"), { recursive: true });
    const release = `shop 1 (${id("two")})`;
    expect(await refused()).toEqual([
      `ROLLBACK_IMPOSSIBLE web2.eu does not hold ${release} any more [${ELSEWHERE}]`,
      `ROLLBACK_IMPOSSIBLE db1.us does not hold the files of ${release} any more [${ELSEWHERE}]`,
    ]);
    expect(await shop.banners()).toEqual(all("three"));
    expect(await shop.read("web1.eu", "trace")).toBeUndefined();
  });

  it("switches none where a host does not answer, unless so many may be left behind", async () => {
    await shop.fleet.stop("web2.eu");
    const report = await shop.rollback();
    expect(report).toMatchObject({ outcome: "failed", run: "" });
    expect(outcomes(report)).toEqual({ "web1.eu": "not tried", "web2.eu": "unreachable", "db1.us": "not tried" });
    expect(report.hosts[1]?.problem?.code).toBe("HOST_UNREACHABLE");
    for (const host of NAMES) expect(await shop.read(host, "trace"), host).toBeUndefined();
    expect(await shop.banners()).toEqual(all("three"));
    await shop.define({ deploy: `${HOOKS} maxUnreachable: 1,`, banner: "three" });
    const partial = await shop.rollback({ words: [id("two")] });
    expect(partial.outcome).toBe("partial");
    expect(outcomes(partial)).toEqual({ "web1.eu": "done", "web2.eu": "unreachable", "db1.us": "done" });
    expect(await shop.banners()).toEqual(["two", "three", "two"]);
    await shop.fleet.start("web2.eu");
    expect(outcomes(await shop.rollback())).toEqual({ "web1.eu": "unchanged", "web2.eu": "done", "db1.us": "unchanged" }); // biome-ignore format: one line
  });

  it("does not choose where a host that does not answer may run the newest release; one that is down does not count", async () => {
    await shop.define({ deploy: `${HOOKS} maxUnreachable: 1,`, banner: "four" });
    await shop.deploy({ filter: { hosts: ["web2.eu"] } });
    await shop.fleet.stop("web2.eu");
    expect(await refused()).toEqual([
      "ROLLBACK_UNSURE web2.eu does not answer, so nobody knows which release is the one before [Name the release: facs history staging, then facs rollback staging RELEASE]",
    ]);
    expect(await refused({ filter: { regions: ["eu"] } })).toEqual([expect.stringContaining("facs rollback staging RELEASE --regions eu]")]); // biome-ignore format: one line
    expect(await shop.banners()).toEqual(["three", "four", "three"]);
    expect(outcomes(await shop.rollback({ words: [id("three")] }))).toEqual({ "web1.eu": "unchanged", "web2.eu": "unreachable", "db1.us": "unchanged" }); // biome-ignore format: one line
    await shop.define({ deploy: HOOKS, hosts: { "web2.eu": 'down: "gone"' }, banner: "four" });
    expect(outcomes(await shop.rollback())).toEqual({ "web1.eu": "done", "db1.us": "done", "web2.eu": "skipped: down: gone" }); // biome-ignore format: one line
  });

  it("switches none where deploy.protect keeps a home from deploys", async () => {
    const home = shop.fleet.hosts.find(({ name }) => name === NAMES[0])?.home ?? "";
    await shop.define({ deploy: `${hooks()} protect: ["${home}/shop/shop"], maxUnreachable: 1,`, banner: "three" });
    const report = await shop.rollback();
    expect(report.outcome).toBe("failed");
    expect(outcomes(report)).toMatchObject({ [NAMES[0] ?? ""]: "failed", [NAMES[1] ?? ""]: "not tried" });
    expect(report.hosts[0]?.problem).toMatchObject({ code: "HOME_REFUSED", message: expect.stringContaining("which deploy.protect keeps from deploys") }); // biome-ignore format: one line
    expect(await shop.banners()).toEqual(all("three"));
  });

  it("believes no record that was edited", async () => {
    const record = path.join(base("web1.eu"), ".facsimile/shop", ids.get("two") ?? "", "release.json");
    await fs.writeFile(record, (await fs.readFile(record, "utf8")).replace("unwell", "unwelI"));
    expect(await refused()).toEqual([expect.stringMatching(/^BAD_SIGNATURE release.json of shop on web1.eu/)]);
    expect(await shop.banners()).toEqual(all("three"));
  });

  it("finds one changed byte, of the same size and time, before any host is switched, whatever may fail", async () => {
    await shop.define({ deploy: `${HOOKS} policy: "rolling", maxFailures: 2,`, banner: "three" });
    const file = path.join(await treeOn("web2.eu", "two"), "etc/banner");
    const { atime, mtime } = await fs.stat(file);
    await fs.writeFile(file, "twO");
    await fs.utimes(file, atime, mtime);
    const report = await shop.rollback();
    expect(report.outcome).toBe("failed");
    expect(outcomes(report)).toEqual({ "web1.eu": "not tried", "web2.eu": "failed", "db1.us": "not tried" });
    expect(report.hosts[1]?.problem).toMatchObject({
      code: "ROLLBACK_IMPOSSIBLE",
      message: `web2.eu: what it holds of shop 1 (${id("two")}) is not what was signed: etc/banner (changed)`,
      hint: ELSEWHERE,
    });
    expect(await shop.banners()).toEqual(all("three"));
    for (const host of NAMES) expect(await shop.read(host, "trace"), host).toBeUndefined();
  });

  it("goes forward again on all hosts when a command of the old release fails on one", async () => {
    await shop.mark("web2.eu", "bad-two");
    const report = await shop.rollback();
    expect(report.outcome).toBe("failed");
    expect(outcomes(report)).toEqual({ "web1.eu": "reverted", "web2.eu": "failed", "db1.us": "reverted" });
    expect(await shop.banners()).toEqual(all("three"));
    expect(await shop.read("web1.eu", "trace")).toBe("pre three\npost two\npost three\n");
  });

  it("of chosen hosts leaves the others, and the next one makes them alike", async () => {
    const some = await shop.rollback({ filter: { regions: ["eu"] } });
    expect(some.outcome).toBe("done");
    expect(outcomes(some)).toEqual({ "web1.eu": "done", "web2.eu": "done", "db1.us": "skipped: not chosen" });
    expect(await shop.banners()).toEqual(["two", "two", "three"]);
    expect(outcomes(await shop.rollback())).toEqual({ "web1.eu": "unchanged", "web2.eu": "unchanged", "db1.us": "done" }); // biome-ignore format: one line
  });

  it("goes wave by wave where the policy says so, and leaves hosts that verify calls whole", async () => {
    await shop.define({ deploy: `${HOOKS} policy: "rolling", waves: [{ regions: ["us"] }],`, banner: "three" });
    const report = await shop.rollback();
    expect(report.waves?.map(({ name }) => name)).toEqual(["us", "the others"]);
    expect(outcomes(report)).toEqual({ "web1.eu": "done", "web2.eu": "done", "db1.us": "done" });
    const found = await verify({ instance: "staging" }, shop.context);
    expect(
      found.hosts.map(({ projects, problem }) => [problem, projects[0]?.release, projects[0]?.differences]),
    ).toEqual(NAMES.map(() => [undefined, ids.get("two"), []]));
  });

  it("needs a word where nobody said yes, and asks with what would be switched", async () => {
    expect(await refused({ yes: false })).toEqual([
      "CONFIRMATION_NEEDED staging would change, and nobody can be asked here [facs history staging, and if it is right: facs rollback staging --yes]",
    ]);
    const asked: unknown[] = [];
    const began = Date.now();
    const confirm = async (proposal: unknown) => {
      await delay(2000);
      return asked.push(proposal) === 0;
    };
    const report = await shop.rollback({ yes: false, confirm });
    expect(report.durationMs).toBeLessThan(Date.now() - began - 1990);
    expect(outcomes(report)).toEqual({ "web1.eu": "not tried", "web2.eu": "not tried", "db1.us": "not tried" });
    const from = { release: ids.get("three"), version: "1" };
    expect(asked).toMatchObject([{ isProtected: false, plan: { hosts: NAMES.map((host) => ({ host, projects: [{ project: "shop", from }] })) } }]); // biome-ignore format: one line
    expect(await shop.banners()).toEqual(all("three"));
  });
});

describe("a host whose tree was the same in both releases", { timeout: 60_000 }, () => {
  let shop: DeployWorld;
  beforeAll(async () => {
    shop = await deployWorld(["web1.eu", "db1.eu"]);
  });
  afterAll(() => shop.stopAll());

  it("goes back with the others, and restarts nothing", async () => {
    const target = "{{ instance.banner }}";
    await fs.rm(path.join(shop.root, "tmpl/shop/_ALL_/_DEPLOY_/etc"), { recursive: true });
    const folder = path.join(shop.root, "tmpl/shop/_ALL_/_TARGET_/frontend/etc");
    await fs.mkdir(folder, { recursive: true });
    await fs.writeFile(path.join(folder, "banner"), target);
    const ran: string[] = [];
    for (const banner of ["one", "two"]) {
      await shop.define({ deploy: hooks(`'echo post >> $HOME/trace'`), banner });
      ran.push((await shop.deploy()).projects[0]?.release ?? "");
    }
    await shop.mark("db1.eu", "trace", false);
    const report = await shop.rollback();
    expect(outcomes(report)).toEqual({ "web1.eu": "done", "db1.eu": "done" });
    expect((await shop.banners())[0]).toBe("one");
    expect(await shop.read("db1.eu", "trace")).toBeUndefined();
    expect(await shop.read("db1.eu", "shop/.facsimile/shop/current/release.json")).toContain(`"id": "${ran[0]}"`);
  });

  it("is brought to its end by a deploy where a run was killed before it confirmed, and restarts nothing", async () => {
    await shop.define({ deploy: hooks(`'echo post >> $HOME/trace'`), banner: "three" });
    expect((await shop.deploy()).outcome).toBe("done");
    const home = shop.fleet.hosts.find(({ name }) => name === "db1.eu")?.home ?? "";
    const history = path.join(home, "shop/.facsimile/shop/history.jsonl");
    const lines = (await fs.readFile(history, "utf8")).trimEnd().split("\n");
    await fs.writeFile(history, lines.slice(0, -1).map((line) => `${line}\n`).join("")); // biome-ignore format: one line
    await shop.mark("db1.eu", "trace", false);
    expect(outcomes(await shop.deploy())).toEqual({ "web1.eu": "unchanged", "db1.eu": "done" });
    expect(await shop.read("db1.eu", "trace")).toBeUndefined();
    expect((await fs.readFile(history, "utf8")).trimEnd().split("\n")).toHaveLength(lines.length);
    expect((await shop.deploy()).outcome).toBe("unchanged");
  });
});

describe("several projects", { timeout: 60_000 }, () => {
  let shop: DeployWorld;
  beforeAll(async () => {
    shop = await deployWorld(["web1.eu"], { projects: ["till", "shop"] });
  });
  afterAll(() => shop.stopAll());

  it("go back together in their order, or those that are named; one without an older release stays", async () => {
    await shop.deploy({ projects: ["till"] });
    const first = (await shop.deploy()).projects.find(({ project }) => project === "till")?.release;
    await shop.define({ banner: "two" });
    await shop.deploy({ projects: ["till"] });
    await shop.define({ banner: "three" });
    await shop.deploy();
    expect((await shop.rollback({ words: ["till"] })).projects.map(({ project }) => project)).toEqual(["till"]);
    expect(await shop.banners()).toEqual(["three"]);
    const both = await shop.rollback();
    expect(both.projects.map(({ project }) => project)).toEqual(["till", "shop"]);
    expect(both.projects[0]?.release).toBe(first);
    expect(await shop.banners()).toEqual(["one"]);
    const none: unknown = await shop.rollback().catch((error: unknown) => error);
    expect(problemsOf(none as FacsimileError).map(({ code }) => code)).toEqual([
      "NO_OLDER_RELEASE",
      "NO_OLDER_RELEASE",
    ]);
  });
});
