import { execFile } from "node:child_process";
import fs from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type FleetWorld, fleetWorld, HOSTS } from "./world.ts";

/** What a host notes of a tree that it proved; see the agent of transport. */
const SNAPSHOT = `export LC_ALL=C TZ=UTC0; { printf 'snapshot/2\\0'
  find . ! -name . -printf '%p\\0%y %m %i %s %T@ %C@ %l\\0'; printf '\\0'; } > "$0"`;

describe("facs verify", () => {
  let shop: FleetWorld;
  beforeAll(async () => {
    shop = await fleetWorld();
    expect((await shop.facs("deploy", "staging", "--yes")).code).toBe(0);
  });
  afterAll(() => shop.remove());

  const current = (host: string) => path.join(shop.hostHome(host), "shop/storefront/current");

  /** Other bytes, and nothing else that a listing shows. */
  async function flip(file: string): Promise<void> {
    const { atime, mtime } = await fs.stat(file);
    const bytes = await fs.readFile(file);
    bytes[0] = (bytes[0] ?? 0) ^ 1;
    await fs.writeFile(file, bytes);
    await fs.utimes(file, atime, mtime);
  }

  it("finds hosts exact by their snapshots, and by hashing", async () => {
    for (const deep of [[], ["--deep"]]) {
      const { code, stdout } = await shop.facs("verify", "staging", ...deep);
      expect(stdout).toMatch(/^✓ eu\/web1\.eu web2\.eu {3}exactly storefront 1\.0\.0 /);
      expect(code).toBe(0);
    }
  });

  it("believes a host whose snapshot was made to lie, but for --deep, which names the file with the other byte", async () => {
    const file = path.join(current("web1.us"), "share/stock.json");
    const snapshot = path.join(shop.hostHome("web1.us"), "shop/.facsimile/storefront/current/snapshot");
    await flip(file);
    await promisify(execFile)("sh", ["-c", SNAPSHOT, snapshot], { cwd: current("web1.us") });
    const [plain, deep] = await Promise.all([shop.facs("verify", "staging"), shop.facs("verify", "staging", "--deep")]);
    expect(plain).toMatchObject({ code: 0, stdout: expect.stringContaining("staging: all 6 hosts hold exactly") });
    expect(deep.stdout).toMatch(/✗ us\/web1\.us\n {4}changed {3}storefront {3}share\/stock\.json {3}\d+ B, same size, other bytes\n1 of 6 hosts/); // biome-ignore format: one line
    expect(deep.code).toBe(2);
    await flip(file);
  });

  it("names what is missing, changed, extra or of another mode, on every host, with and without --deep", async () => {
    await flip(path.join(current("web2.us"), "share/stock.json"));
    await fs.chmod(path.join(current("web2.us"), "bin"), 0o777);
    await fs.writeFile(path.join(current("web1.eu"), "bin/debug.sh"), "");
    await fs.rm(path.join(current("web1.eu"), "share/stock.json"));
    const said = await Promise.all([shop.facs("verify", "staging"), shop.facs("verify", "staging", "--deep")]);
    for (const { code, stdout } of said) {
      expect(stdout).toMatch(/✗ us\/web2\.us\n {4}mode {6}storefront {3}bin {16}0777, should be 0755\n {4}changed {3}storefront {3}share\/stock\.json {3}\d+ B, same size, other bytes\n/); // biome-ignore format: one line
      expect(stdout).toMatch(/✗ eu\/web1\.eu\n {4}extra {5}storefront {3}bin\/debug\.sh {7}does not belong there\n {4}missing {3}storefront {3}share\/stock\.json {3}not there\n/); // biome-ignore format: one line
      expect(stdout).toMatch(/2 of 6 hosts differ in 4 paths\. Heal: facs deploy staging --hosts web1\.eu,web2\.us\n {2}What else it would bring, by the definitions of now: facs plan staging --hosts web1\.eu,web2\.us\n$/); // biome-ignore format: one line
      expect(code).toBe(2);
    }
  });

  it("asks only chosen hosts, and says whom it did not ask", async () => {
    expect(await shop.facs("verify", "staging", "--hosts", "web2.eu,db1.us")).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("staging: all 2 hosts hold exactly"),
    });
    expect((await shop.facs("verify", "staging", "--regions", "us")).code).toBe(2);
    expect((await shop.facs("verify", "staging", "--hosts", "web9")).stderr).toContain('no host "web9"');
    await shop.edit("define/staging.json5", '"web2.us": {', '"web2.us": { down: "moving house",');
    const { code, stdout } = await shop.facs("verify", "staging", "--regions", "us", "--deep");
    expect(stdout).toContain("! us/web2.us   not asked: moving house\nstaging: all 2 hosts hold exactly");
    expect(code).toBe(0);
  });

  it("names the paths of a tree that a switch left without its record", async () => {
    const link = path.join(shop.hostHome("web1.us"), "shop/storefront/current");
    const target = await fs.readlink(link);
    const other = `releases/${"0".repeat(64)}`;
    await fs.cp(await fs.realpath(link), path.join(path.dirname(link), other), { recursive: true });
    await fs.writeFile(path.join(path.dirname(link), other, "share/stock.json"), "{}");
    await fs.rm(link);
    await fs.symlink(other, link);
    const { code, stdout } = await shop.facs("verify", "staging", "--hosts", "web1.us");
    expect(stdout).toMatch(/changed {3}storefront {3}share\/stock\.json/);
    expect(code).toBe(2);
    await fs.rm(link);
    await fs.symlink(target, link);
  });

  it("says of exact hosts with another release what would make all alike, whatever the others run", async () => {
    for (const [banner, host] of [
      ["two", "web1.eu"],
      ["two, three", "web2.eu"],
    ] as const) {
      await shop.edit("define/staging.json5", 'banner: "', `banner: "${banner} `);
      expect(await shop.facs("deploy", "staging", "storefront", "--hosts", host, "--yes")).toMatchObject({ code: 0 });
    }
    const { code, stdout } = await shop.facs("verify", "staging", "storefront", "--targets", "frontend", "--deep");
    expect(stdout).toMatch(/✗ web1\.eu: storefront is of release \w{7} \(1\.0\.0\); 2 hosts are of \w{7}, 1 host is of \w{7}\n/); // biome-ignore format: one line
    expect(stdout).toMatch(/^2 of 4 hosts are exact, but of another release than others\. To make all alike: facs deploy staging storefront --targets frontend\n$/m); // biome-ignore format: one line
    expect(code).toBe(2);
  });

  it("does not tell to undo a rollback, where a host that went back differs or was left behind", async () => {
    expect(await shop.facs("deploy", "staging", "storefront", "--yes")).toMatchObject({ code: 0 });
    await shop.edit("define/staging.json5", 'storefront: "1.0.0"', 'storefront: "1.1.0"');
    expect(await shop.facs("deploy", "staging", "storefront", "--yes")).toMatchObject({ code: 0 });
    const back = await shop.facs("rollback", "staging", "storefront", "--regions", "eu", "--yes");
    expect(back).toMatchObject({ code: 0 });
    await fs.writeFile(path.join(current("web1.eu"), "bin/debug.sh"), "");
    const { stdout } = await shop.facs("verify", "staging", "storefront", "--regions", "eu");
    expect(stdout).toMatch(/Heal: facs deploy staging storefront@1\.0\.0 --hosts web1\.eu\n {2}The definitions say storefront 1\.1\.0: a deploy that names no version brings that, and one that names another writes it there\.\n {2}What else it would bring, by the definitions of now: facs plan staging storefront@1\.0\.0 --hosts web1\.eu\n$/); // biome-ignore format: one line
    const { hosts, ...json } = JSON.parse((await shop.facs("verify", "staging", "storefront", "--json")).stdout);
    expect(json.projects).toEqual([{ project: "storefront", version: "1.1.0" }]);
    const odd = hosts.find(({ problem }: { problem?: { code: string } }) => problem?.code === "ODD_RELEASE");
    expect(odd.problem.hint).toBe("A deploy makes them alike: facs deploy staging, by 1.1.0, as the definitions say; or by 1.0.0, as others are: facs deploy staging storefront@1.0.0"); // biome-ignore format: one line
  });

  it("is not well where every host is declared down, and neither is a plan or a deploy; status says that nobody was asked", async () => {
    for (const name of HOSTS)
      await shop.edit("define/staging.json5", `"${name}": { region`, `"${name}": { down: "moving", region`).catch(() => undefined); // biome-ignore format: web2.us is down already
    for (const words of [["verify"], ["plan"], ["deploy", "--yes"], ["rollback", "--yes"], ["run", "--", "true"]]) {
      const [command = "", ...more] = words;
      const { code, stdout, stderr } = await shop.facs(command, "staging", ...more);
      expect([code, stdout]).toEqual([1, ""]);
      expect(stderr).toMatch(/NO_HOSTS: staging has no host that is not declared down: web1\.eu \(moving\), /);
    }
    const { code, stdout } = await shop.facs("status", "staging");
    expect([code, stdout]).toEqual([0, expect.stringContaining("not asked: moving")]);
  });
});
