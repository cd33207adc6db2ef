import fs from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { onTerminal } from "./terminal.ts";
import { type FleetWorld, fleetWorld, HOSTS, world } from "./world.ts";

const FREE_LOCKS = ".facsimile/lock";

describe("facs rollback", { timeout: 120_000 }, () => {
  let shop: FleetWorld;
  beforeAll(async () => {
    shop = await fleetWorld();
    const slow = 'postcmd: "./bin/restart; touch $HOME/at-postcmd; test ! -e $HOME/slow || sleep 20",';
    await shop.edit("define/storefront.json5", 'postcmd: "./bin/restart",', slow);
    for (const args of [[], ["storefront@1.1.0"]])
      expect(await shop.facs("deploy", "staging", ...args, "--yes")).toMatchObject({ code: 0 });
  });
  afterAll(() => shop.remove());

  const inHome = (host: string, name: string) => path.join(shop.hostHome(host), name);
  const exists = (file: string) => fs.access(file).then(() => true, () => false); // biome-ignore format: one line
  const running = () =>
    Promise.all(
      HOSTS.filter((host) => host !== "db1.eu").map((host) => fs.readlink(inHome(host, "shop/storefront/current"))),
    );

  it("where nobody can be asked needs --yes, and changes nothing", async () => {
    const before = await running();
    const { code, stderr } = await shop.facs("rollback", "staging", "storefront");
    expect(stderr).toContain("error CONFIRMATION_NEEDED: staging would change, and nobody can be asked here\n");
    expect(stderr).toContain("facs history staging, and if it is right: facs rollback staging storefront --yes\n");
    expect(code).toBe(1);
    expect(await running()).toEqual(before);
  });

  it("shows what goes where and asks; then plan, verify and history tell the truth", async () => {
    const before = await running();
    const type = (text: string) => onTerminal(shop, { args: ["rollback", "staging"], typing: [{ after: "Roll back? [y/N]", text }] }); // biome-ignore format: one line
    expect(await type("")).toMatchObject({ code: 1, stdout: expect.stringContaining("Nothing was changed.\n") });
    expect(await running()).toEqual(before);
    const { code, stdout } = await type("y");
    expect(stdout).toMatch(/staging: back to storefront 1\.0\.0 \([0-9a-f]{7}\) on 5 hosts \(eu 2, us 3\)\n\n {2}hosts\n {4}storefront {2}1\.1\.0 \([0-9a-f]{7}\) {2}→ {2}1\.0\.0/); // biome-ignore format: one line
    expect(stdout).toMatch(/staging: all 5 hosts hold exactly their copy of storefront 1\.0\.0 \([0-9a-f]{7}\), verified and healthy;/); // biome-ignore format: one line
    expect(stdout).toMatch(
      / {2}differs +define\/staging\.json5:\d+:\d+ says storefront 1\.1\.0, and the next deploy would bring it back\n +to stay with 1\.0\.0: facs deploy staging storefront@1\.0\.0\n/,
    );
    expect(code).toBe(0);
    expect((await shop.facs("plan", "staging")).stdout).toContain("storefront  1.0.0 → 1.1.0");
    expect(await shop.facs("verify", "staging")).toMatchObject({ code: 0 });
    expect((await shop.facs("history", "staging", "storefront")).stdout).toMatch(/^.* UTC +\S+ +rollback +storefront +1\.0\.0/); // biome-ignore format: one line
    const further = await shop.facs("rollback", "staging", "--yes");
    expect(further).toMatchObject({ code: 1, stderr: expect.stringContaining("NO_OLDER_RELEASE") });
  });

  it("of some hosts says that they may differ now, in text and as JSON", async () => {
    expect(await shop.facs("deploy", "staging", "--yes")).toMatchObject({ code: 0 });
    const some = await shop.facs("rollback", "staging", "storefront", "--regions", "eu", "--yes");
    expect(some, some.stderr).toMatchObject({ code: 0, stdout: expect.stringContaining("others    hosts may differ now: web1.us, web2.us, db1.us keep what they run\n") }); // biome-ignore format: one line
    const { code, stdout } = await shop.facs("rollback", "staging", "storefront", "--yes", "--json");
    const report = JSON.parse(stdout);
    expect({ code, report }).toMatchObject({
      code: 0,
      report: {
        schema: "rollback/1",
        outcome: "done",
        rotated: [],
        defined: [{ project: "storefront", version: "1.1.0" }],
      },
    });
    expect(report.hosts.map(({ outcome }: { outcome: string }) => outcome).sort()).toEqual(["done", "done", "done", "unchanged", "unchanged"]); // biome-ignore format: one line
  });

  it("that left a host behind says what to type, by its release: typed again, it goes no further", async () => {
    expect(await shop.facs("deploy", "staging", "--yes")).toMatchObject({ code: 0 });
    await shop.edit("define/staging.json5", "deploy: {", "deploy: {\n    maxUnreachable: 1,");
    await shop.fleet.stop("web2.us");
    const unsure = await shop.facs("rollback", "staging", "--yes");
    expect(unsure).toMatchObject({ code: 1, stderr: expect.stringContaining("ROLLBACK_UNSURE") });
    const lines = (await fs.readFile(inHome("web1.us", "shop/.facsimile/storefront/history.jsonl"), "utf8")).trimEnd();
    const releases = lines.split("\n").map((line): string => JSON.parse(line).release);
    const older = releases.findLast((release) => release !== releases.at(-1))?.slice(0, 7) ?? "";
    const partial = await shop.facs("rollback", "staging", older, "--yes");
    expect(partial).toMatchObject({ code: 3, stdout: expect.stringMatching(/then: facs rollback staging storefront [0-9a-f]{7}\n/) }); // biome-ignore format: one line
    const [, again = ""] = /then: facs (.*)\n/.exec(partial.stdout) ?? [];
    const before = await running();
    expect(await shop.facs(...again.split(" "), "--yes")).toMatchObject({ code: 3 });
    expect(await running()).toEqual(before);
    await shop.fleet.start("web2.us");
    for (const _ of ["once", "twice"]) expect(await shop.facs(...again.split(" "), "--yes")).toMatchObject({ code: 0 });
    expect((await shop.facs("verify", "staging")).stdout).toMatch(
      /us\/web1\.us web2\.us db1\.us {3}exactly storefront 1\.0\.0/,
    );
    await shop.edit("define/staging.json5", "\n    maxUnreachable: 1,", "");
  });

  it("that was killed after the switch: the next one brings it to its end, and no deploy goes on with it", async () => {
    expect(await shop.facs("deploy", "staging", "--yes")).toMatchObject({ code: 0 });
    for (const host of HOSTS) {
      await fs.rm(inHome(host, "at-postcmd"), { force: true });
      await fs.writeFile(inHome(host, "slow"), "");
    }
    const killed = shop.start("rollback", "staging", "storefront", "--yes");
    for (let tries = 0; tries < 800 && !(await exists(inHome("web1.us", "at-postcmd"))); tries++) await sleep(25);
    process.kill(killed.pid, "SIGKILL");
    await killed.done;
    for (const host of HOSTS) {
      await fs.rm(inHome(host, "slow"));
      await fs.rm(inHome(host, path.join("shop", FREE_LOCKS)), { recursive: true, force: true });
    }
    const run = /run ([0-9a-f-]+)/.exec(killed.text.stdout + killed.text.stderr)?.[1] ?? "";
    expect(await shop.facs("deploy", "staging", "--resume", run, "--yes")).toMatchObject({ code: 64, stderr: expect.stringContaining("was a rollback") }); // biome-ignore format: one line
    const { code, stdout } = await shop.facs("rollback", "staging", "storefront", "--yes");
    expect(stdout).toContain("staging: all 5 hosts hold exactly their copy of storefront 1.0.0");
    expect(code).toBe(0);
    expect(await shop.facs("verify", "staging")).toMatchObject({ code: 0 });
  });

  it("to a release with old secrets says so, needs a word for it, and names the deploy with those of now", async () => {
    expect(await shop.facs("deploy", "staging", "--yes")).toMatchObject({ code: 0 });
    expect(await shop.facs("secrets", "rotate", "staging", "passwd/storefront", "--yes")).toMatchObject({ code: 0 });
    expect(await shop.facs("deploy", "staging", "--yes")).toMatchObject({ code: 0 });
    const asked = await shop.facs("rollback", "staging", "storefront");
    expect(asked).toMatchObject({ code: 1, stderr: expect.stringContaining("staging would get old values of passwd/storefront") }); // biome-ignore format: one line
    const { code, stdout } = await shop.facs("rollback", "staging", "storefront", "--yes");
    expect(stdout).toMatch(
      /secrets +storefront 1\.1\.0 holds values that are others now: passwd\/storefront\n +with those of now: facs deploy staging storefront@1\.1\.0\n/,
    );
    expect(code).toBe(0);
  });

  it("of several projects names the old secrets of each", async () => {
    expect(await shop.facs("deploy", "staging", "--yes")).toMatchObject({ code: 0 });
    for (const name of ["passwd/storefront", "passwd/reports"])
      expect(await shop.facs("secrets", "rotate", "staging", name, "--yes")).toMatchObject({ code: 0 });
    expect(await shop.facs("deploy", "staging", "--yes")).toMatchObject({ code: 0 });
    const asked = await shop.facs("rollback", "staging");
    expect(asked.stderr).toContain("staging would get old values of passwd/storefront, passwd/reports, and nobody");
    const { code, stdout } = await shop.facs("rollback", "staging", "--yes");
    expect(stdout).toMatch(
      /secrets +storefront 1\.1\.0 holds values that are others now: passwd\/storefront\n +with those of now: .*\n +ledger 1\.0\.0 holds values that are others now: passwd\/reports\n +with those of now: facs deploy staging ledger@1\.0\.0\n/,
    );
    expect(code).toBe(0);
  });

  it("of a protected instance wants its name typed, or --yes", async () => {
    await shop.edit("define/staging.json5", "versions: {", "protected: true,\n  versions: {");
    expect(await shop.facs("deploy", "staging", "--yes")).toMatchObject({ code: 0 });
    const before = await running();
    const refused = await shop.facs("rollback", "staging", "storefront");
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining("CONFIRMATION_NEEDED: staging is protected, and nobody can be asked here") }); // biome-ignore format: one line
    const type = (text: string) => onTerminal(shop, { args: ["rollback", "staging", "storefront"], typing: [{ after: "Type staging to roll back: ", text }] }); // biome-ignore format: one line
    for (const word of ["y", "stagin"]) expect(await type(word)).toMatchObject({ code: 1, stdout: expect.stringContaining("Nothing was changed.\n") }); // biome-ignore format: one line
    expect(await running()).toEqual(before);
    expect(await type("staging")).toMatchObject({ code: 0 });
    expect(await running()).not.toEqual(before);
    expect(await shop.facs("deploy", "staging", "--yes")).toMatchObject({ code: 0 });
    expect(await shop.facs("rollback", "staging", "storefront", "--yes")).toMatchObject({ code: 0 });
  });
});

it("of a local instance asks nothing, and needs no host", async () => {
  const shop = await world();
  try {
    const banner = () => fs.readFile(path.join(shop.home, "shop-dev/ledger/current/etc/ledger.ini"), "utf8");
    expect(await shop.facs("deploy", "dev", "ledger")).toMatchObject({ code: 0 });
    const before = await banner();
    await shop.edit("define/facsimile.json5", 'currency: "', 'currency: "N');
    expect(await shop.facs("deploy", "dev", "ledger")).toMatchObject({ code: 0 });
    expect(await banner()).not.toBe(before);
    const { code, stdout } = await shop.facs("rollback", "dev", "ledger");
    expect(stdout).toMatch(/^dev: 1 host holds exactly its copy of ledger 1\.0\.0 \([0-9a-f]{7}\)/);
    expect(stdout).toMatch(/says ledger 1\.0\.0 too; what else they say may differ from what hosts hold\n +to see it: facs plan dev ledger\n/); // biome-ignore format: one line
    expect(code).toBe(0);
    expect(await banner()).toBe(before);
    expect(await shop.facs("verify", "dev", "ledger")).toMatchObject({ code: 0 });
  } finally {
    await shop.remove();
  }
}, 60_000);
