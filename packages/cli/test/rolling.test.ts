import fs from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { onTerminal } from "./terminal.ts";
import { type FleetWorld, fleetWorld } from "./world.ts";

describe("facs deploy, wave by wave", { timeout: 120_000 }, () => {
  let shop: FleetWorld;
  beforeAll(async () => {
    shop = await fleetWorld();
    await shop.edit(
      "define/storefront.json5",
      'health: { run: ["./bin/health"], retries: 5, interval: 1 }',
      'health: { run: ["sh", "-c", "test ! -e \\"$HOME/unwell\\""], retries: 0 }',
    );
    await shop.edit(
      "define/staging.json5",
      "deploy: {",
      'deploy: {\n    policy: "rolling",\n    waves: [{ regions: ["eu"] }, { hosts: ["web1.us"], soak: "1s" }],',
    );
    const first = await shop.facs("deploy", "staging", "--yes");
    if (first.code !== 0) throw new Error(first.stderr + first.stdout);
  }, 120_000);
  afterAll(() => shop.remove());

  it("stops in the wave that fails: 3, which hosts do not hold it, and the command that goes on", async () => {
    await fs.writeFile(path.join(shop.hostHome("web1.us"), "unwell"), "");
    await shop.edit("define/staging.json5", "hello from staging", "hello again");
    const { code, stdout, stderr } = await shop.facs("deploy", "staging", "--yes");
    expect(code).toBe(3);
    expect(stderr).toMatch(/^run \S+: staging, 5 hosts, rolling\n/m);
    expect(stderr).toContain("wave      1/3 eu: 2 hosts\n");
    expect(stdout).toMatch(
      /^staging: partial\. 3 hosts hold exactly their copy of .*; 1 host went back to what ran before, 2 hosts left behind; /,
    );
    expect(stdout).toMatch(/^ {2}failed {5}web1\.us is not healthy/m);
    expect(stdout).toContain("  not tried  web2.us, db1.us\n  stopped    in wave 2 of 3 (web1.us)\n");
    const [, resume = ""] = /^ {2}next {7}facs (deploy staging --resume \S+)$/m.exec(stdout) ?? [];

    await fs.rm(path.join(shop.hostHome("web1.us"), "unwell"));
    const again = await shop.facs(...resume.split(" "), "--yes");
    expect(again.stdout).toMatch(/^staging: 3 of 6 hosts hold exactly their copy of .*, verified and healthy; /);
    expect(again.stdout).toMatch(/left out {2}web1\.eu, web2\.eu, db1\.eu \(done in run \S+\)/);
    expect(again.code).toBe(0);
    expect((await shop.facs("verify", "staging")).code).toBe(0);
    expect(await shop.facs("deploy", "staging", "--yes", "--resume", "20261122-0931-4f2a")).toMatchObject({
      code: 64,
      stderr: expect.stringContaining("error UNKNOWN_RUN: "),
    });
  });

  it("takes chosen hosts, and draws how far they are in place, on a terminal", async () => {
    await shop.edit("define/staging.json5", "hello again", "hello at last");
    const args = ["deploy", "staging", "--yes", "--regions", "us", "--hosts", "web1.us,web2.us,web1.eu"];
    const { code, stdout } = await onTerminal({ ...shop, env: { ...shop.env, TERM: "xterm" } }, { args, typing: [] });
    expect(code).toBe(0);
    expect(stdout).toContain("1/2 web1.us  0/1");
    expect(stdout).toMatch(/1\/2 web1\.us {2}0\/1 {2}soak 1 s/);
    expect(stdout).toContain("\u001b[5A\u001b[J");
    const [, after = ""] = stdout.split("\u001b[J").slice(-2);
    expect(after).toMatch(/^staging: 2 of 6 hosts hold exactly their copy/);
    expect(after).toContain("left out  web1.eu, web2.eu, db1.eu, db1.us (not chosen)");
  });
});
