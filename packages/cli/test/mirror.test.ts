import fs from "node:fs/promises";
import path from "node:path";
import { gitCommit, gitRepository, readTree, tree } from "@facsimile/testing";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type SecretWorld, secretWorld } from "./secret-world.ts";
import { type FleetWorld, fleetWorld, HOSTS } from "./world.ts";

/** What lies in a home, without what is known about it. */
async function shown(home: string): Promise<Record<string, string>> {
  const all = Object.entries(await readTree(home));
  return Object.fromEntries(all.filter(([name]) => name.split("/")[0] !== ".facsimile"));
}

// What the Python tool did with `home`, as recorded from it: docs/from-python.md.
describe("a local instance whose strategy is mirror", () => {
  let shop: SecretWorld;
  const home = () => path.join(shop.home, "dest");
  const groups = { install: { groups: [{ type: "tmpl", dir: "tmpl" }, { files: ["$SRC_DIR$/a.txt"] }] } };
  const TMPL = "config/facsimile/tmpl/_ALL_/_DEPLOY_";
  beforeAll(async () => {
    shop = await secretWorld({
      "define/facsimile.json5":
        '{ projects: { p: { repo: "../p" }, q: { repo: "../q" } }, versions: { p: "1", q: "1" } }',
      "define/beta.json5": '{ home: "dest", deploy: { strategy: "mirror", exclude: { rsync: ["*.log", "/secret"] } } }',
      "define/modules.json5": "[]",
    });
    const files = {
      "a.txt": "A\n",
      "config/facsimile/facsimile.json": JSON.stringify(groups),
      [`${TMPL}/p/keep`]: "k\n",
      [`${TMPL}/p/x.log`]: "not sent\n",
      [`${TMPL}/secret`]: "not sent\n",
      [`${TMPL}/root`]: "{{ facs.root }} {{ facs.home }}\n",
    };
    await gitRepository(files, { root: path.join(shop.dir, "p"), tags: ["1"] });
    const other = { "config/facsimile/facsimile.json": JSON.stringify({ install: { groups: [{ type: "tmpl", dir: "tmpl" }] } }), [`${TMPL}/q/x`]: "q\n" }; // biome-ignore format: one line
    await gitRepository(other, { root: path.join(shop.dir, "q"), tags: ["1"] });
    await tree({ stale: "s\n", "other/k": "k\n", "p/stale": "s\n", "p/stale.log": "l\n", "p/dir/x": "x\n" }, { root: home() }); // biome-ignore format: one line
  });
  afterAll(() => shop.remove());

  it("takes over a folder of the project's name only when told to; then cleans it, and nothing else", async () => {
    const refused = await shop.facs("deploy", "beta", "p");
    expect([refused.code, refused.stdout + refused.stderr]).toEqual([1, expect.stringContaining("did not put there")]);
    const { code, stderr } = await shop.facs("deploy", "beta", "p", "--adopt");
    expect(code, stderr).toBe(0);
    expect(await shown(home())).toEqual({
      "a.txt": "file 644 A\n",
      root: "file 644 dest dest\n",
      etc: "dir 755",
      "etc/p.version": "file 644 1\n",
      stale: "file 644 s\n",
      other: "dir 755",
      "other/k": "file 644 k\n",
      p: "dir 755",
      "p/keep": "file 644 k\n",
      "p/stale.log": "file 644 l\n",
    });
  });

  it("is not touched again while nothing changes; a hand edit is found by verify, and healed", async () => {
    const again = await shop.facs("deploy", "beta", "p");
    expect([again.code, again.stdout]).toEqual([0, expect.stringContaining("no change")]);
    const before = await shown(home());
    const { atime, mtime } = await fs.stat(path.join(home(), "a.txt"));
    await fs.writeFile(path.join(home(), "a.txt"), "B\n");
    await fs.utimes(path.join(home(), "a.txt"), atime, mtime);
    await fs.chmod(path.join(home(), "etc/p.version"), 0o600);
    await fs.rm(path.join(home(), "p/keep"));
    await tree({ "p/extra": "e", "p/new.log": "mine" }, { root: home() });
    const { code, stdout } = await shop.facs("verify", "beta", "p");
    expect(stdout).toMatch(
      /changed +p? +a\.txt[\s\S]*mode +p? +etc\/p\.version[\s\S]*extra +p? +p\/extra[\s\S]*missing +p? +p\/keep/,
    );
    expect(stdout).not.toContain(".log");
    expect(code).toBe(2);
    expect(await shop.facs("deploy", "beta", "p")).toMatchObject({ code: 0 });
    expect(await shown(home())).toEqual({ ...before, "p/new.log": "file 644 mine" });
    expect(await shop.facs("verify", "beta", "p")).toMatchObject({ code: 0 });
  });

  it("is planned with a link in the place of a folder of what runs, which a deploy does not put right", async () => {
    await fs.rename(path.join(home(), "etc"), path.join(home(), "aside"));
    await fs.symlink("aside", path.join(home(), "etc"));
    const planned = await shop.facs("plan", "beta", "p");
    expect([planned.code, planned.stdout]).toEqual([
      1,
      expect.stringMatching(/dest\/etc: a symbolic link, where a folder is to be/),
    ]);
    const { code, stdout } = await shop.facs("deploy", "beta", "p", "--yes");
    expect([code, stdout]).toEqual([1, expect.stringContaining("nothing switched")]);
    await fs.rm(path.join(home(), "etc"));
    await fs.rename(path.join(home(), "aside"), path.join(home(), "etc"));
    expect(await shop.facs("verify", "beta", "p")).toMatchObject({ code: 0 });
  });

  it("whose switch was cut short is said to hold no release whole, until the next deploy", async () => {
    const known = path.join(home(), ".facsimile/p");
    const [dir, release] = [path.basename(await fs.readlink(path.join(known, "tree"))), await fs.readlink(path.join(known, "current"))]; // biome-ignore format: one line
    await tree({ "undo/run/from": `${dir}\n${release}\n`, "undo/run/to": "other\n", unsettled: "x" }, { root: known });
    expect(await shop.facs("status", "beta")).toMatchObject({ stdout: expect.stringContaining("p: no release whole: a switch was cut short\n") }); // biome-ignore format: one line
    const { code, stdout } = await shop.facs("verify", "beta", "p");
    expect([code, stdout]).toEqual([2, expect.stringContaining("no release whole")]);
    expect(await shop.facs("deploy", "beta", "p")).toMatchObject({ code: 0 });
    expect(await shop.facs("verify", "beta", "p")).toMatchObject({ code: 0 });
  });

  it("shares its home with another project, and refuses its paths", { timeout: 90_000 }, async () => {
    expect(await shop.facs("deploy", "beta", "q")).toMatchObject({ code: 0 });
    const both = await shown(home());
    expect(both).toMatchObject({ "p/keep": "file 644 k\n", "q/x": "file 644 q\n", "etc/q.version": "file 644 1\n" });
    const source = path.join(shop.dir, "q");
    await tree({ [`${TMPL}/a.txt`]: "mine\n" }, { root: source });
    await gitCommit(source);
    const planned = await shop.facs("plan", "beta", "q", "--src-dir", source);
    expect(planned.stdout).toMatch(/in this home .*a\.txt is of p/);
    const { code, stdout, stderr } = await shop.facs("deploy", "beta", "q", "--src-dir", source);
    expect([code, stdout + stderr]).toEqual([1, expect.stringMatching(/in this home .*a\.txt is of p/)]);
    expect(await shown(home())).toEqual(both);
    expect((await shop.facs("deploy", "beta")).stdout).toContain("no change");
  });
});

describe("on a fleet, an instance whose strategy is mirror", () => {
  let shop: FleetWorld;
  /** Of two hosts; without what the commands of each release write. */
  const homes = async () => {
    const all = await Promise.all(["db1.eu", "db1.us"].map((host) => shown(path.join(shop.hostHome(host), "shop"))));
    return all.map(({ "var/ledger.jsonl": _, ...home }) => home);
  };
  beforeAll(async () => {
    shop = await fleetWorld();
    await shop.edit("define/staging.json5", "  deploy: {", '  deploy: {\n    strategy: "mirror",');
    await Promise.all(
      HOSTS.map((host) => tree({ "shop/mine": "m", "shop/bin/mine": "m" }, { root: shop.hostHome(host) })),
    );
  });
  afterAll(() => shop.remove());

  it("is put into every home, and is no change the second time", { timeout: 90_000 }, async () => {
    const { code, stdout, stderr } = await shop.facs("deploy", "staging", "ledger", "--yes");
    expect(code, stdout + stderr).toBe(0);
    for (const home of await homes())
      expect(home).toMatchObject({ mine: "file 644 m", "bin/mine": "file 644 m", "bin/ledger": expect.any(String), var: "dir 755" }); // biome-ignore format: one line
    const again = await shop.facs("deploy", "staging", "ledger", "--yes");
    expect([again.code, again.stdout]).toEqual([0, expect.stringContaining("no change")]);
    expect(await shop.facs("verify", "staging", "ledger")).toMatchObject({ code: 0 });
  });

  it("is planned with what lies in its way, single files and links too; a deploy stops before it begins", async () => {
    await tree({ "extra/ledger/_ALL_/_DEPLOY_/etc/new.conf": "n\n", "extra/ledger/_ALL_/_DEPLOY_/lib/x": "x\n" }, { root: shop.root }); // biome-ignore format: one line
    await fs.writeFile(path.join(shop.hostHome("db1.us"), "shop/etc/new.conf"), "other");
    await fs.symlink("mine", path.join(shop.hostHome("db1.eu"), "shop/lib"));
    const before = await homes();
    const plan = await shop.facs("plan", "staging", "ledger");
    const deploy = await shop.facs("deploy", "staging", "ledger", "--yes");
    for (const text of [plan.stdout, deploy.stdout]) {
      expect(text).toMatch(/db1\.us: \S+\/shop\/etc\/new\.conf: something else lies there/);
      expect(text).toMatch(/db1\.eu: \S+\/shop\/lib: a symbolic link/);
      expect(text).toMatch(/or, to replace what lies there: facs deploy staging.* --adopt\n/);
    }
    expect([deploy.code, deploy.stdout]).toEqual([1, expect.stringContaining("staging: nothing switched.")]);
    expect(await homes()).toEqual(before);
    await fs.rm(path.join(shop.hostHome("db1.us"), "shop/etc/new.conf"));
    await fs.rm(path.join(shop.hostHome("db1.eu"), "shop/lib"));
  }, 60_000);

  it("is taken back on every host, byte for byte, when a command after the switch fails", {
    timeout: 90_000,
  }, async () => {
    const before = await homes();
    await tree({ "extra/ledger/_ALL_/_DEPLOY_/etc/new.conf": "n\n" }, { root: shop.root });
    await shop.edit("define/ledger.json5", 'postcmd: { run: ["./bin/ledger", "--once"] }', 'postcmd: ["test -f etc/new.conf", "test ! -e etc/new.conf"]'); // biome-ignore format: one line
    const { code, stdout, stderr } = await shop.facs("deploy", "staging", "ledger", "--yes");
    expect([code, stdout + stderr]).toEqual([1, expect.stringContaining("`test ! -e etc/new.conf` exited 1")]);
    expect(await homes()).toEqual(before);
    expect(await shop.facs("verify", "staging", "ledger")).toMatchObject({ code: 0 });
  });

  it("killed by -9 after the switch: the next deploy brings every home to its end", { timeout: 90_000 }, async () => {
    await shop.edit("define/ledger.json5", 'postcmd: ["test -f etc/new.conf", "test ! -e etc/new.conf"]', 'postcmd: "touch $HOME/switched; test ! -e $HOME/slow || sleep 60"'); // biome-ignore format: one line
    const file = (host: string, name: string) => path.join(shop.hostHome(host), name);
    for (const host of HOSTS) await fs.writeFile(file(host, "slow"), "");
    const killed = shop.start("deploy", "staging", "ledger", "--yes");
    await vi.waitFor(() => fs.access(file("db1.eu", "switched")), 30_000);
    process.kill(killed.pid, "SIGKILL");
    await killed.done;
    for (const host of HOSTS) {
      await fs.rm(file(host, "slow"));
      await fs.rm(file(host, "shop/.facsimile/lock"), { recursive: true, force: true });
    }
    expect(await shop.facs("deploy", "staging", "ledger", "--yes")).toMatchObject({ code: 0 });
    for (const home of await homes())
      expect(home).toMatchObject({ "etc/new.conf": "file 644 n\n", mine: "file 644 m" });
    expect(await shop.facs("verify", "staging", "ledger", "--deep")).toMatchObject({ code: 0 });
  });

  it("has no release to go back to, and says so", async () => {
    const before = await homes();
    const { code, stdout, stderr } = await shop.facs("rollback", "staging", "ledger", "--yes");
    const reason = "db1.us keeps only what runs of ledger: its strategy is mirror\n";
    expect([code, stdout + stderr]).toEqual([1, expect.stringContaining(reason)]);
    expect(stderr).toMatch(/What runs is 1\.0\.0 too: .* put back what the definitions said, and deploy\.\n/);
    expect(await homes()).toEqual(before);
  });
});
