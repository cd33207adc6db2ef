import fs from "node:fs/promises";
import path from "node:path";
import { elf, gitCommit, readTree } from "@facsimile/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type FleetWorld, fleetWorld, HOSTS, type World, world } from "./world.ts";

const EXTRA = "extra/storefront/_ALL_";
const FRONTENDS = HOSTS.filter((host) => host !== "db1.eu");

/** Puts a program into the release, and commits. */
async function put(shop: World, file: string, content: Uint8Array): Promise<void> {
  const target = path.join(shop.root, EXTRA, file);
  await fs.mkdir(path.dirname(target), { recursive: true });
  await fs.writeFile(target, content, { mode: 0o755 });
  await gitCommit(shop.root);
}

describe("on a fleet, a release whose programs need shared libraries", () => {
  let shop: FleetWorld;
  beforeAll(async () => {
    shop = await fleetWorld();
    // From bin/ five steps up is the login's home, which each host has for itself.
    const runpath = "$ORIGIN/../../../../../own-lib";
    await put(shop, "_DEPLOY_/bin/reports", elf({ needed: ["libc.so.6", "libnobody-has.so.9"], runpath }));
    await put(shop, "_DEPLOY_/bin/real", await fs.readFile(await fs.realpath("/bin/ls")));
  });
  afterAll(() => shop.remove());
  const state = () => fs.readdir(path.join(shop.root, "state")).catch(() => []);

  it("is planned with what each host lacks and which file needs it, exit 1", async () => {
    const { code, stdout } = await shop.facs("plan", "staging");
    const all = FRONTENDS.join(", ");
    expect(stdout).toContain(`✗ ${all} lack libnobody-has.so.9, which storefront needs for bin/reports\n`);
    expect(stdout.match(/libnobody-has/g)).toHaveLength(1);
    expect(stdout).not.toContain("bin/real");
    expect(stdout).not.toMatch(/db1\.eu.* lack/);
    expect(stdout).toContain(
      "6 hosts would change. 5 hosts lack shared libraries: a deploy would stop before it begins.",
    );
    expect(code).toBe(1);
  });

  it("is not deployed: nothing is sealed, locked or sent, all hosts are named, exit 1", async () => {
    const { code, stdout, stderr } = await shop.facs("deploy", "staging", "--yes");
    expect(stdout + stderr).toContain("staging: nothing switched. 1 of 6 hosts was ready, 5 failed");
    expect(stdout).toContain(`failed   ${FRONTENDS.join(", ")} lack libnobody-has.so.9`);
    expect(stdout).toContain("--skip-libcheck");
    expect(code).toBe(1);
    expect(await state()).toEqual([]);
    for (const host of HOSTS) expect(Object.keys(await readTree(shop.hostHome(host)))).not.toContain("shop");
  });

  it("is stopped by the one host that lacks what the others have", async () => {
    for (const host of FRONTENDS.slice(1)) {
      await fs.mkdir(path.join(shop.hostHome(host), "own-lib"));
      await fs.writeFile(path.join(shop.hostHome(host), "own-lib/libnobody-has.so.9"), "");
    }
    const { code, stdout } = await shop.facs("deploy", "staging", "--yes");
    expect(stdout).toContain("5 of 6 hosts were ready, 1 failed");
    expect(stdout).toContain(`${FRONTENDS[0]} lacks`);
    expect(code).toBe(1);
    const plan = await shop.facs("plan", "staging", "--json");
    const { hosts } = JSON.parse(plan.stdout) as { hosts: { host: string; problem?: { code: string } }[] };
    expect(hosts.flatMap(({ host, problem }) => (problem === undefined ? [] : [[host, problem.code]]))).toEqual([
      [FRONTENDS[0], "LIBRARY_MISSING"],
    ]);
  });

  it("is planned without a word of it, when --skip-libcheck says so", async () => {
    const { code, stdout } = await shop.facs("plan", "staging", "--skip-libcheck");
    expect(stdout).not.toContain("lack");
    expect(code).toBe(0);
  });

  it("is deployed when the definition lists the library for the target; what runs there is then let be", async () => {
    await shop.edit(
      "define/staging.json5",
      "deploy: {",
      'deploy: {\n    libcheck_ignorelist: { database: ["libnobody-has.so.9"] },',
    );
    expect((await shop.facs("plan", "staging")).stdout).toContain(`${FRONTENDS[0]} lacks`);
    await shop.edit("define/staging.json5", "libcheck_ignorelist: { database", "libcheck_ignorelist: { frontend");
    const { code, stdout, stderr } = await shop.facs("deploy", "staging", "--yes");
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(stdout).toContain("staging: all 6 hosts hold exactly");
    await shop.edit("define/staging.json5", '\n    libcheck_ignorelist: { frontend: ["libnobody-has.so.9"] },', "");
    expect(await shop.facs("plan", "staging")).toMatchObject({ code: 0 });
  }, 60_000);
});

describe("on this machine", () => {
  let shop: World;
  beforeAll(async () => {
    shop = await world();
    await put(shop, "_DEPLOY_/bin/reports", elf({ needed: ["libnobody-has.so.9"], interpreter: "/nowhere/ld.so" }));
  });
  afterAll(() => shop.remove());

  it("a loader and a library that are missing stop a deploy, until the release brings them", async () => {
    const { code, stdout } = await shop.facs("deploy", "dev");
    expect(stdout).toMatch(
      /failed {3}local lacks libnobody-has\.so\.9, which storefront needs for bin\/reports\n +local lacks \/nowhere\/ld\.so, /,
    );
    expect(code).toBe(1);
    expect(await fs.readdir(shop.home)).not.toContain("shop-dev");
    await put(shop, "_DEPLOY_/lib/libnobody-has.so.9", elf());
    await put(shop, "_DEPLOY_/lib/ld.so", elf());
    expect(await shop.facs("plan", "dev")).toMatchObject({ code: 0 });
  });

  it("a target that no project has is an error in the list of libraries too", async () => {
    const { code, stderr } = await shop.facs(
      "plan",
      "dev",
      "--set",
      'deploy.libcheck_ignorelist={frontnd: ["libx.so"]}',
    );
    expect(stderr).toContain('no project has a target "frontnd"');
    expect(stderr).toContain("Did you mean frontend?");
    expect(code).toBe(64); // It was typed; in a file it would be 1.
  });
});
