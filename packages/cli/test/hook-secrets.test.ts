import { execFile } from "node:child_process";
import fs from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { problemsOf } from "@facsimile/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type DeployWorld, deployWorld } from "../../pipeline/test/deploy-world.ts";

const FACS = fileURLToPath(new URL("../bin/facs.mjs", import.meta.url));
const HOST = "web1.eu";
/** Commands that fail and print what the release's file has: as it is, encoded, in the middle of much. */
const LEAKS = {
  "a file": "cat etc/app.ini; false",
  "its base64": "base64 < etc/app.ini; false",
  "a command line, traced": 'set -x; test "$(cat etc/app.ini)" = other',
  "a line that is cut at its beginning":
    'l=$(cat etc/app.ini) n=0; while [ $n -lt 4000 ]; do printf "%s " "$l"; n=$((n+1)); done; false',
  "lines of which the first is cut":
    'l=$(cat etc/app.ini) n=0; while [ $n -lt 2400 ]; do printf "%s " "$l"; n=$((n+1)); [ $((n % 400)) -gt 0 ] || echo; done; false',
};

describe("a command that fails shows no secret of its release", { timeout: 60_000 }, () => {
  let shop: DeployWorld;
  beforeAll(async () => {
    shop = await deployWorld([HOST]);
    await fs.mkdir(path.join(shop.root, "tmpl/shop/_ALL_/_DEPLOY_/etc"), { recursive: true });
    await fs.writeFile(path.join(shop.root, "define/modules.json5"), '[{ name: "till" }]');
    const template = path.join(shop.root, "tmpl/shop/_ALL_/_DEPLOY_/etc/app.ini");
    await fs.writeFile(template, "password = {{ module.till.password }}\n");
  });
  afterAll(() => shop.stopAll());

  /** What the release that was tried has, whether or not it runs. */
  async function password(): Promise<string> {
    const releases = path.join(shop.fleet.hosts[0]?.home ?? "", "shop/shop/releases");
    const [first = ""] = await fs.readdir(releases);
    const text = await fs.readFile(path.join(releases, first, "etc/app.ini"), "utf8");
    const [, value = ""] = /^password = (\S+)\n$/.exec(text) ?? [];
    expect(value.length).toBeGreaterThan(10);
    return value;
  }

  it.each(Object.entries(LEAKS))(
    "by its report, events and journal, nor in what facs prints: %s",
    async (what, run) => {
      for (const deploy of [
        `postcmd: ${JSON.stringify(run)},`,
        `health: { run: ${JSON.stringify(run)}, retries: 0 },`,
      ]) {
        const { problems, ...told } = await failing(deploy);
        expect(problems.map(({ code }) => code)).toEqual([deploy.startsWith("post") ? "HOOK_FAILED" : "UNHEALTHY"]);
        const secret = await password();
        for (const [where, text] of Object.entries(told)) {
          expect(text, where).toContain(HOST);
          expect(holds(text, secret), where).toBe(false);
        }
        // What began within a line is not known from there on.
        if (!what.startsWith("a line that is cut")) expect(told.text).toContain("‹passwd/till›");
      }
    },
  );

  it.each([
    ["HOOK_FAILED", (run: string) => `postcmd: ${run},`],
    ["UNHEALTHY", (run: string) => `health: { run: ${run}, retries: 0 },`],
  ])(
    "by its report, events and journal, nor in what facs prints, where somebody wrote it into the command: %s",
    async (code, deployOf) => {
      await shop.define({});
      await shop.deploy();
      const secret = await password();
      const run = JSON.stringify(`test ${secret} = "$(printf %s ${Buffer.from(secret).toString("base64")})"`);
      const { problems, ...told } = await failing(deployOf(run), code);
      expect(problems.map((problem) => problem.code)).toEqual([code]);
      for (const [where, text] of Object.entries(told)) {
        expect(text, where).toContain("test ‹passwd/till› = ");
        expect(holds(text, secret), where).toBe(false);
      }
    },
  );

  it("nor one that --set gave", async () => {
    const template = path.join(shop.root, "tmpl/shop/_ALL_/_DEPLOY_/etc/given.ini");
    await fs.writeFile(template, "{{ instance.db.password }}\n");
    await shop.define({ deploy: "postcmd: 'cat etc/given.ini; false'," });
    const told = await facs("deploy", "staging", "--yes", "--set", "db.password=given-to-set");
    const json = await facs("deploy", "staging", "--yes", "--json", "--set", "db.password='given-to-set'");
    const within = await facs("deploy", "staging", "--yes", "--set", 'db={password: "given-to-set"}');
    await fs.rm(template);
    for (const text of [told, json, within, await journals()]) {
      expect(text).toMatch(/‹--set db(\.password)?›/);
      expect(text).not.toContain("given-to-set");
    }
  });

  it("nor where a release comes back with a secret that was rotated since, oftener than the state remembers", async () => {
    await shop.define({ deploy: "postcmd: 'cat etc/app.ini; test ! -e $HOME/bad',", banner: "before" });
    expect((await shop.deploy()).outcome).toMatch(/done|unchanged/);
    const file = (await shop.read(HOST, "shop/shop/current/etc/app.ini")) ?? "";
    for (const _ of [1, 2, 3]) await facs("secrets", "rotate", "staging", "passwd/till", "--yes");
    await shop.mark(HOST, "bad");
    await shop.define({ deploy: "postcmd: 'cat etc/app.ini; test ! -e $HOME/bad',", banner: "after" });
    const told = await facs("deploy", "staging", "--yes");
    for (const text of [told, await journals()]) {
      expect(text).toContain("could not be taken back");
      expect(text).toContain("(what it printed is not shown:");
      expect(holds(text, file.slice("password = ".length).trim())).toBe(false);
    }
    await shop.mark(HOST, "bad", false);
    expect((await shop.deploy()).outcome).toBe("done");
  });

  it("nor where a rollback to a release without secrets fails, and what ran comes back: its secret was rotated and never deployed", async () => {
    const template = path.join(shop.root, "tmpl/shop/_ALL_/_DEPLOY_/etc/app.ini");
    const text = await fs.readFile(template, "utf8");
    const deploy = "postcmd: 'cat etc/app.ini; test ! -e $HOME/bad',";
    await fs.writeFile(template, "plain\n");
    await shop.define({ deploy, banner: "plain" });
    expect((await shop.deploy()).outcome).toBe("done");
    await fs.writeFile(template, text);
    await shop.define({ deploy, banner: "secret" });
    expect((await shop.deploy()).outcome).toBe("done");
    const file = (await shop.read(HOST, "shop/shop/current/etc/app.ini")) ?? "";
    for (const _ of [1, 2, 3]) await facs("secrets", "rotate", "staging", "passwd/till", "--yes");
    await shop.mark(HOST, "bad");
    const told = await facs("rollback", "staging", "--yes");
    for (const text of [told, await journals()]) {
      expect(text).toContain("could not be taken back");
      expect(holds(text, file.slice("password = ".length).trim())).toBe(false);
    }
    expect(told).toContain("(what it printed is not shown:");
    await shop.mark(HOST, "bad", false);
    expect((await shop.deploy()).outcome).toBe("done");
  });

  it("nor where an older state, that does not know it, is accepted for a rollback, and where what comes back is older than it remembers", async () => {
    await shop.define({ deploy: "postcmd: 'cat etc/app.ini; test ! -e $HOME/bad'," });
    const first = await shop.deploy();
    const [before, state] = [await password(), path.join(shop.root, "state/staging.json")];
    const old = await fs.readFile(state);
    for (const _ of [1, 2, 3]) await facs("secrets", "rotate", "staging", "passwd/till", "--yes");
    const now = await fs.readFile(state);
    expect((await shop.deploy()).outcome).toBe("done");
    const current = (await shop.read(HOST, "shop/shop/current/etc/app.ini")) ?? "";
    expect(current).not.toContain(before);
    await shop.mark(HOST, "bad");
    await fs.writeFile(state, old);
    const older = await facs("rollback", "staging", "--yes", "--accept-rollback");
    await fs.writeFile(state, now);
    const named = await facs("rollback", "staging", first.projects[0]?.release.slice(0, 7) ?? "", "--yes");
    for (const text of [older, named, await journals()]) {
      expect(text).toContain(
        "(what it printed is not shown: it may hold secrets that the state at hand does not know)",
      );
      for (const secret of [before, current.slice("password = ".length).trim()])
        expect(holds(text, secret)).toBe(false);
    }
    await shop.mark(HOST, "bad", false);
  });

  /** Deploys with it, here and by facs, and what is told of it where. */
  async function failing(deploy: string, banner = "one") {
    await shop.define({ deploy, banner });
    const report = await shop.deploy();
    expect(report.outcome).toBe("failed");
    const problems = report.hosts.flatMap(({ problem }) => (problem === undefined ? [] : problemsOf(problem)));
    const texts = problems.map((one) => [one.message, one.hint, String(one.cause), one.stack]);
    return {
      report: JSON.stringify([report, texts]),
      problems,
      events: JSON.stringify(shop.events),
      text: await facs("deploy", "staging", "--yes"),
      json: await facs("deploy", "staging", "--yes", "--json"),
      journals: await journals(),
    };
  }

  function facs(...args: string[]): Promise<string> {
    const env = { PATH: process.env["PATH"], HOME: shop.root, FACS_CONFIG_DIR: path.join(shop.root, ".config"), FACS_SSH_CONFIG: shop.fleet.sshConfig }; // biome-ignore format: one line
    return new Promise((resolve) =>
      execFile(
        process.execPath,
        [FACS, ...args],
        { cwd: shop.root, env, maxBuffer: 2 ** 26 },
        (_error, stdout, stderr) => resolve(stdout + stderr),
      ),
    );
  }

  async function journals(): Promise<string> {
    const runs = path.join(shop.root, "RELEASE/staging/runs");
    const texts = (await fs.readdir(runs)).map((file) => fs.readFile(path.join(runs, file), "utf8"));
    return (await Promise.all(texts)).join("");
  }
});

/** Also half of it, and as base64. */
function holds(text: string, secret: string): boolean {
  const half = secret.slice(Math.floor(secret.length / 2));
  const encoded = Buffer.from(`password = ${secret}\n`).toString("base64").slice(16, 32);
  return [half, secret.slice(0, half.length), encoded].some((part) => text.includes(part));
}
