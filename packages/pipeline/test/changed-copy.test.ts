import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type DeployWorld, deployWorld, outcomes } from "./deploy-world.ts";

const NAMES = ["web1.eu", "web2.eu"];

/** What a host's commands do, by files in its home. What comes and goes is never quite gone. */
const POSTCMD = `'
  [ ! -e $HOME/scribbles ] || echo by hand >> etc/banner
  [ ! -e $HOME/comes ] || { : > etc/a; ( while [ -e $HOME/comes ]; do : > etc/b; rm etc/a; : > etc/a; rm etc/b; done; rm etc/a ) >/dev/null 2>&1 & }
  [ ! -e $HOME/touches ] || touch -d @1 etc/banner
  [ ! -e $HOME/caches ] || { mkdir -p cache && echo x > cache/new; }'`;
const DEPLOY = `postcmd: ${POSTCMD.replace(/\n */g, "; ").replace("'; ", "'")}, mutable: ["cache", "cache/**"],`;

describe("commands that write into the copy", { timeout: 60_000 }, () => {
  let shop: DeployWorld;
  beforeAll(async () => {
    shop = await deployWorld(NAMES);
  });
  beforeEach(async () => {
    for (const host of NAMES)
      for (const file of ["scribbles", "touches", "caches", "ruins", "comes"]) await shop.mark(host, file, false);
    await shop.define({ deploy: DEPLOY, banner: "old" });
    expect((await shop.deploy()).outcome).toMatch(/done|unchanged/);
    expect(await shop.verify()).toEqual([]);
  });
  afterAll(() => shop.stopAll());

  it("are told: nobody says that such a host holds exactly its copy; the next deploy heals it", async () => {
    await shop.mark("web1.eu", "scribbles");
    await shop.define({ deploy: DEPLOY, banner: "new" });
    const report = await shop.deploy();
    expect(report).toMatchObject({ outcome: "partial", hosts: [{ outcome: "failed", switched: "kept" }, { outcome: "done" }] }); // biome-ignore format: one line
    expect(report.hosts[0]?.problem).toMatchObject({
      code: "COPY_CHANGED",
      message: "web1.eu holds no exact copy of shop any more: commands, or what they started, changed etc/banner (changed)", // biome-ignore format: one line
      hint: "Declare what programs write on hosts, as deploy.shared or deploy.mutable. All that differs: facs verify staging", // biome-ignore format: one line
    });
    expect(report.undo).toEqual({ projects: [], hosts: [] });
    expect(await shop.verify()).toEqual(["web1.eu: changed etc/banner"]);
    expect(await shop.journal(report.run)).toContainEqual(expect.objectContaining({ event: "failed", host: "web1.eu", code: "COPY_CHANGED" })); // biome-ignore format: one line
    await shop.mark("web1.eu", "scribbles", false);
    expect(outcomes(await shop.deploy({ resume: report.run }))).toEqual({ "web1.eu": "done", "web2.eu": `skipped: done in run ${report.run}` }); // biome-ignore format: one line
    expect(await shop.verify()).toEqual([]);
  });

  it("and take the look at it away: what is not seen is not called exact, and not 'kept' either", async () => {
    await shop.mark("web2.eu", "comes");
    await shop.define({ deploy: DEPLOY, banner: "new" });
    const report = await shop.deploy();
    expect(outcomes(report)).toEqual({ "web1.eu": "done", "web2.eu": "failed" });
    expect(["COPY_CHANGED", "NOT_CONFIRMED"]).toContain(report.hosts[1]?.problem?.code);
    await shop.mark("web2.eu", "comes", false);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect((await shop.deploy()).outcome).toMatch(/done|unchanged/);
    expect(await shop.verify()).toEqual([]);
  });

  it("may change times, and what is declared mutable: the copy is exact, and stays known as that", async () => {
    await shop.mark("web1.eu", "touches");
    await shop.mark("web2.eu", "caches");
    await shop.define({ deploy: DEPLOY, banner: "new" });
    expect((await shop.deploy()).outcome).toBe("done");
    expect(await shop.verify()).toEqual([]);
    const idle = await shop.deploy();
    expect(outcomes(idle)).toEqual({ "web1.eu": "unchanged", "web2.eu": "unchanged" });
  });

  it("and fail, are told where they ruined what goes back: by way of a link", async () => {
    await shop.mark("web1.eu", "ruins");
    await shop.define({ deploy: DEPLOY.replace("[", "[ ! -e $HOME/ruins ] || { echo x >> bin/run; exit 1; }; ["), banner: "new" }); // biome-ignore format: one line
    const report = await shop.deploy();
    expect(await shop.banners()).toEqual(["old", "old"]);
    expect(report).toMatchObject({ outcome: "partial", hosts: [{ outcome: "failed" }, { outcome: "reverted" }] });
    expect(report.hosts[0]?.problem).toMatchObject({
      code: "NOT_REVERTED",
      message: expect.stringMatching(/\n {4}web1\.eu is back, and holds no exact copy of shop any more: .* changed bin\/run \(changed\)$/), // biome-ignore format: one line
    });
    expect(await shop.verify()).toEqual(["web1.eu: changed bin/run"]);
  });
});
