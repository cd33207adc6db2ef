import { execFile } from "node:child_process";
import fs from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type DeployWorld, deployWorld } from "../../pipeline/test/deploy-world.ts";

const FACS = fileURLToPath(new URL("../bin/facs.mjs", import.meta.url));
const HOST = "web1.eu";
const HIDDEN = "(what it printed is not shown: it may hold secrets that the state at hand does not know)";
/** Prints what the copy has that runs when it begins. */
const READ = "cat etc/app.ini || true; test ! -e $HOME/bad";

describe("a command that reads the copy that ran before shows no secret of it", { timeout: 60_000 }, () => {
  let shop: DeployWorld;
  const define = (hook: string, banner: string) => shop.define({ deploy: `${hook}: '${READ}',`, banner });
  const template = () => path.join(shop.root, "tmpl/shop/_ALL_/_DEPLOY_/etc/app.ini");

  beforeEach(async () => {
    shop = await deployWorld([HOST]);
    await fs.writeFile(path.join(shop.root, "define/modules.json5"), '[{ name: "till" }]');
    await fs.writeFile(template(), "password = {{ module.till.password }}\n");
  });
  afterEach(() => shop.stopAll());

  it("which was rotated oftener than the state remembers: a precmd of a deploy", async () => {
    await define("precmd", "one");
    expect((await shop.deploy()).outcome).toBe("done");
    const secret = await runningSecret();
    await rotate();
    await shop.mark(HOST, "bad");
    await define("precmd", "two");
    await tellsNothingOf(secret, await facs("deploy", "staging", "--yes"));
  });

  it("which was rotated oftener than the state remembers: a precmd of a rollback to a release without it", async () => {
    await fs.writeFile(template(), "plain\n");
    await define("precmd", "plain");
    expect((await shop.deploy()).outcome).toBe("done");
    await fs.writeFile(template(), "password = {{ module.till.password }}\n");
    await define("precmd", "secret");
    expect((await shop.deploy()).outcome).toBe("done");
    const secret = await runningSecret();
    await rotate();
    await shop.mark(HOST, "bad");
    await tellsNothingOf(secret, await facs("rollback", "staging", "--yes"));
  });

  it.each(["precmd", "postcmd"])("which an older state, accepted for a deploy, never knew: a %s", async (hook) => {
    await define(hook, "one");
    expect((await shop.deploy()).outcome).toBe("done");
    const state = path.join(shop.root, "state/staging.json");
    const old = await fs.readFile(state);
    await rotate();
    expect((await shop.deploy()).outcome).toBe("done");
    const secret = await runningSecret();
    await fs.writeFile(state, old);
    await shop.mark(HOST, "bad");
    await define(hook, "two");
    await tellsNothingOf(secret, await facs("deploy", "staging", "--yes", "--accept-rollback"));
  });

  it("which a state that went another way from the same one, accepted for a deploy, never knew: a precmd", async () => {
    const [state, memory] = ["state/staging.json", ".config/memory.json"].map((file) => path.join(shop.root, file)) as [string, string]; // biome-ignore format: one line
    await define("precmd", "one");
    expect((await shop.deploy()).outcome).toBe("done");
    const old = await fs.readFile(state);
    await rotate();
    const ours = await fs.readFile(state);
    await fs.writeFile(state, old);
    await fs.rm(memory);
    await rotate();
    expect((await shop.deploy()).outcome).toBe("done");
    const secret = await runningSecret();
    await fs.writeFile(state, ours);
    await fs.rm(memory);
    await shop.mark(HOST, "bad");
    await define("precmd", "two");
    await tellsNothingOf(secret, await facs("deploy", "staging", "--yes", "--accept-rollback"));
  });

  it("nor of the one that a rollback goes to, of a state in whose place an older one was accepted", async () => {
    const state = path.join(shop.root, "state/staging.json");
    await define("postcmd", "one");
    expect((await shop.deploy()).outcome).toBe("done");
    const old = await fs.readFile(state);
    await rotate();
    await define("postcmd", "two");
    expect((await shop.deploy()).outcome).toBe("done");
    const secret = await runningSecret();
    await fs.writeFile(state, old);
    await define("postcmd", "three");
    expect((await shop.deploy({ acceptRollback: true })).outcome).toBe("done");
    await shop.mark(HOST, "bad");
    await tellsNothingOf(secret, await facs("rollback", "staging", "--yes"));
  });

  it("which is another instance's, whose place is taken over: a precmd", async () => {
    await define("precmd", "one");
    expect((await shop.deploy()).outcome).toBe("done");
    await fs.rename(path.join(shop.root, "define/staging.json5"), path.join(shop.root, "define/other.json5"));
    expect(await facs("deploy", "other", "--yes", "--adopt")).toContain("1 host holds exactly its copy");
    const secret = await runningSecret();
    await define("precmd", "two");
    await shop.mark(HOST, "bad");
    await tellsNothingOf(secret, await facs("deploy", "staging", "--yes", "--adopt"));
  });

  async function runningSecret(): Promise<string> {
    const [, value = ""] = /^password = (\S+)\n$/.exec((await shop.read(HOST, "shop/shop/current/etc/app.ini")) ?? "") ?? []; // biome-ignore format: one line
    expect(value.length).toBeGreaterThan(10);
    return value;
  }

  async function rotate(): Promise<void> {
    for (const _ of [1, 2, 3]) await facs("secrets", "rotate", "staging", "passwd/till", "--yes");
  }

  /** Neither what facs prints nor the journals; both say that something failed. */
  async function tellsNothingOf(secret: string, told: string): Promise<void> {
    const runs = path.join(shop.root, "RELEASE/staging/runs");
    const texts = (await fs.readdir(runs)).map((file) => fs.readFile(path.join(runs, file), "utf8"));
    for (const text of [told, (await Promise.all(texts)).join("")]) {
      expect(text).not.toContain(secret.slice(0, 10));
      expect(text).toContain(HIDDEN);
    }
  }

  function facs(...args: string[]): Promise<string> {
    const env = { PATH: process.env["PATH"], HOME: shop.root, FACS_CONFIG_DIR: path.join(shop.root, ".config"), FACS_SSH_CONFIG: shop.fleet.sshConfig }; // biome-ignore format: one line
    return new Promise(
      (resolve) =>
      execFile(process.execPath, [FACS, ...args], { cwd: shop.root, env }, (_error, stdout, stderr) => resolve(stdout + stderr)), // biome-ignore format: one line
    );
  }
});
