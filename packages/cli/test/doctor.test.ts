import { execFile } from "node:child_process";
import fs from "node:fs/promises";
import path from "node:path";
import { git } from "@facsimile/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type StateWorld, stateWorld } from "./state-world.ts";
import { type FleetWorld, fleetWorld } from "./world.ts";

const FACS = path.join(import.meta.dirname, "../bin/facs.mjs");

describe("facs doctor, on this machine", () => {
  let shop: StateWorld;
  beforeAll(async () => {
    shop = await stateWorld();
  });
  afterAll(() => shop.remove());

  /** In another environment, or elsewhere. */
  function doctorWith(more: NodeJS.ProcessEnv, cwd: string): Promise<{ code: unknown; stdout: string }> {
    const env = { ...shop.env, ...more };
    return new Promise((resolve) => {
      execFile(process.execPath, [FACS, "doctor"], { cwd, env }, (error, stdout) =>
        resolve({ code: error?.code ?? 0, stdout }),
      );
    });
  }

  it("finds nothing where all is well, and says what it looked at", async () => {
    await shop.make({ passwords: ["a"] });
    const { code, stdout, stderr } = await shop.facs("doctor", "dev");
    expect([code, stderr]).toEqual([0, ""]);
    const [tools, ...rest] = stdout
      .replace(/[0-9A-F]{40}/, "FINGERPRINT")
      .replace(/[\d.]+ GB/, "N GB")
      .split("\n");
    expect(tools).toMatch(
      /^✓ tools {3}node \d+\.\d+\.\d+ {3}git [\d.]+ {3}ssh \d+\.\w+ {3}rsync [\d.]+ {3}gpg [\d.]+$/,
    );
    expect(rest).toEqual([
      "✓ key   FINGERPRINT Robin <robin@example.org>",
      "✓ git   merges states entry by entry, and leaves their bytes alone",
      "✓ dev   its definition is sound: 2 projects",
      "✓ state/dev.json   your key opens it (you alone)",
      "✓ local   this machine, N GB free",
      "All is well.",
      "",
    ]);
  });

  it("tells a clone without the merge driver, and what installs it", async () => {
    await git(shop.root, "config", "--unset", "merge.facsimile-state.driver");
    const { code, stdout } = await shop.facs("doctor");
    expect([code, stdout]).toEqual([
      0,
      expect.stringContaining("! git   the merge driver of states is not installed in this clone\n    facs init\n"),
    ]);
    await shop.facs("init");
    expect((await shop.facs("doctor")).stdout).toContain("All is well.");
  });

  it("tells a driver that git would not find, and attributes that somebody took out", async () => {
    await fs.writeFile(path.join(shop.root, ".gitattributes"), "");
    const { stdout } = await doctorWith({ PATH: process.env["PATH"] }, shop.root);
    expect(stdout).toContain("! git   .gitattributes does not say how states are kept and merged\n");
    expect(stdout).toContain("! git   its merge driver of states is `facs`, which is not in your PATH\n");
    expect(stdout).toMatch(/\n2 warnings\n$/);
    await shop.facs("init");
  });

  it("exits 5 for a state that must not be used", async () => {
    const good = await shop.text();
    await fs.writeFile(shop.file, good.replace('"serial": 1', '"serial": 2'));
    const { code, stdout } = await shop.facs("doctor", "--json");
    expect([code, JSON.parse(stdout)]).toMatchObject([
      5,
      { schema: "doctor/1", findings: expect.arrayContaining([expect.objectContaining({ about: "state/dev.json", status: "failure", code: "BAD_SIGNATURE" })]) },
    ]); // biome-ignore format: one finding
    await fs.writeFile(shop.file, good);
  });

  it("tells somebody without a key, outside of every repository, what comes next", async () => {
    const { code, stdout } = await doctorWith({ FACS_CONFIG_DIR: path.join(shop.home, "nobody") }, shop.home);
    expect(code).toBe(1);
    expect(stdout).toMatch(/✗ key {3}there is no private key to use: .*\n {4}.*facs init/);
    expect(stdout).toContain(
      `! definitions   there are none in ${shop.home} or above\n    facs init DIR, or --root DIR\n`,
    );
  });

  it("tells what is wrong with a definition, with its place", async () => {
    const { code, stdout } = await shop.facs("doctor", "stagin");
    expect([code, stdout]).toEqual([64, expect.stringContaining("✗ stagin   ")]);
    expect(stdout).toContain("staging");
  });
});

describe("facs doctor, of hosts", () => {
  let shop: FleetWorld;
  beforeAll(async () => {
    shop = await fleetWorld();
  });
  afterAll(() => shop.remove());

  /** Its start-up files print before the command that ssh was asked for. */
  async function sayHello(host: string): Promise<void> {
    const enter = path.join(shop.fleet.dir, `${host}.enter`);
    await fs.writeFile(enter, (await fs.readFile(enter, "utf8")).replace("\n", "\necho Welcome\n"));
  }

  it("tells for each host what a deploy would meet, changes nothing there, and puts alike hosts into one line", async () => {
    await shop.fleet.stop("web2.us");
    await sayHello("web1.us");
    await fs.mkdir(path.join(shop.hostHome("db1.eu"), "shop/ledger"), { recursive: true });
    await fs.writeFile(path.join(shop.hostHome("db1.eu"), "shop/ledger/file"), "mine");
    const locks = path.join(shop.hostHome("web1.eu"), "shop/.facsimile/lock");
    await fs.mkdir(locks, { recursive: true });
    await fs.writeFile(path.join(locks, "token.1"), JSON.stringify({ facsimile: "lock/1", owner: "Ann", run: "r" }));
    const { code, stdout } = await shop.facs("doctor", "staging");
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /^! eu\/web1\.eu {3}locked by Ann, run r, whose time is over\n {4}The next deploy takes it\.$/m,
    );
    expect(stdout).toMatch(
      /✓ eu\/web1\.eu web2\.eu db1\.eu {3}host key known, rsync [\d.]+, user \w+, [\d.]+ GB free\n/,
    );
    expect(stdout).toMatch(
      /! eu\/db1\.eu {3}\S+ holds something that is not ours; ledger is to lie there\n {4}.*--adopt/,
    );
    expect(stdout).toMatch(/! us\/web1\.us {3}its login shell prints something before it is asked\n/);
    expect(stdout).toMatch(/✗ us\/web2\.us {3}.*cannot be reached/);
    expect(stdout).toMatch(/\n1 failure, \d warnings\n$/);
    expect(await fs.readdir(shop.hostHome("web2.eu"))).not.toContain("shop");
  });
});
