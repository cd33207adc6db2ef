import { execFileSync } from "node:child_process";
import fs from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type FleetWorld, fleetWorld, HOSTS } from "./world.ts";

describe("facs hosts", () => {
  let shop: FleetWorld;
  let right: string;
  const file = () => path.join(shop.root, "hosts/known_hosts");
  beforeAll(async () => {
    shop = await fleetWorld();
    right = await fs.readFile(file(), "utf8");
  });
  afterAll(() => shop.remove());

  it("list tells the keys on record, without asking anybody", async () => {
    await fs.writeFile(file(), right.split("\n").slice(1).join("\n"));
    await shop.fleet.stop("web2.eu");
    const { code, stdout } = await shop.facs("hosts", "list", "staging");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^! eu\/web1\.eu +127\.0\.\d+\.1 +no key on record$/m);
    expect(stdout).toMatch(/^ {2}eu\/web2\.eu +127\.0\.\d+\.2 +ssh-ed25519 +SHA256:[\w+/]{43}$/m);
    await shop.fleet.start("web2.eu");
  });

  it("check compares with what each host shows: 0 when all are known, 1 for a new one, 5 for another key", async () => {
    const check = async (...hosts: string[]) => (await shop.facs("hosts", "check", "staging", ...hosts)).code;
    await fs.writeFile(file(), right);
    expect(await check()).toBe(0);
    await fs.writeFile(file(), right.split("\n").slice(1).join("\n"));
    expect([await check(), await check("web2.eu", "db1.us")]).toEqual([1, 0]);
    const [, second = ""] = right.split("\n");
    await fs.writeFile(file(), right.replace(/^web1\.eu .*$/m, second.replace("web2.eu", "web1.eu")));
    const changed = await shop.facs("hosts", "check", "staging", "web1.eu");
    expect([changed.code, changed.stdout]).toEqual([5, expect.stringMatching(/✗ eu\/web1\.eu .*another key than the one on record\n/)]); // biome-ignore format: one line
    expect(changed.stdout).toContain("ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub");
    expect(await shop.facs("plan", "staging")).toMatchObject({ code: 5, stdout: expect.stringContaining("facs hosts trust staging web1.eu writes") }); // biome-ignore format: one line
    for (const words of [
      "status staging",
      "history staging",
      "lock status staging",
      "lock release staging",
      "run staging -- true",
    ]) {
      expect((await shop.facs(...words.split(" "))).code, words).toBe(5);
    }
    expect((await shop.facs("doctor", "staging")).stdout).toContain("facs hosts trust staging web1.eu writes");
    const { hosts } = JSON.parse((await shop.facs("verify", "staging", "--json")).stdout);
    expect(hosts[0].problem.hint).toContain("facs hosts trust staging web1.eu writes");
  });

  it("check and trust leave out a host that is declared down, say so, and exit by the others", async () => {
    await fs.writeFile(file(), right);
    await shop.fleet.stop("web2.us");
    expect((await shop.facs("hosts", "check", "staging")).code).toBe(1);
    await shop.edit("define/staging.json5", '"web2.us": {', '"web2.us": { down: "moving house",');
    const left = /^! us\/web2\.us +127\.0\.\d+\.5 +not asked: moving house$/m;
    const check = await shop.facs("hosts", "check", "staging");
    expect([check.code, check.stdout]).toEqual([0, expect.stringMatching(left)]);
    const trust = await shop.facs("hosts", "trust", "staging", "--yes");
    expect([trust.code, trust.stdout, trust.stderr]).toEqual([0, "Every host that answered is on record already.\n", expect.stringMatching(left)]); // biome-ignore format: one line
    for (const command of ["check", "trust"]) {
      const { code, stderr } = await shop.facs("hosts", command, "staging", "web2.us");
      expect([code, stderr]).toEqual([1, expect.stringContaining("not declared down: web2.us (moving house)")]);
    }
    expect(await fs.readFile(file(), "utf8")).toBe(right);
    await shop.edit("define/staging.json5", ' down: "moving house",', "");
    await shop.fleet.start("web2.us");
  });

  it("trust shows fingerprints, asks, and writes what the hosts showed; other lines stay", async () => {
    await fs.writeFile(file(), `# ours\nelse.example ssh-ed25519 AAAA\n`);
    const asked = await shop.facs("hosts", "trust", "staging");
    expect([asked.code, asked.stderr]).toEqual([
      1,
      expect.stringContaining("CONFIRMATION_NEEDED: Did you compare all 6"),
    ]);
    expect(await fs.readFile(file(), "utf8")).toBe(`# ours\nelse.example ssh-ed25519 AAAA\n`);
    const { code, stdout, stderr } = await shop.facs("hosts", "trust", "staging", "--yes");
    expect([code, stdout]).toEqual([0, "hosts/known_hosts: 6 keys written. Next: git add hosts/known_hosts && git commit\n"]); // biome-ignore format: one line
    expect(stderr.match(/not on record/g)).toHaveLength(6);
    const written = (await fs.readFile(file(), "utf8")).split("\n");
    expect(written.slice(0, 2)).toEqual(["# ours", "else.example ssh-ed25519 AAAA"]);
    expect(written.slice(2).toSorted()).toEqual(right.split("\n").toSorted());
    expect((await shop.facs("hosts", "trust", "staging")).stdout).toBe(
      "Every host that answered is on record already.\n",
    );
    expect((await shop.facs("plan", "staging")).code).toBe(0);
  });

  it("trust takes one host's new key in place of the old one, and tells who does not answer", async () => {
    const lines = right.split("\n");
    const old = (lines[1] ?? "").replace("web2.eu ", "");
    await fs.writeFile(file(), right.replace(/^web1\.eu .*$/m, `web1.eu,former.example ${old}`));
    const before = await fs.readFile(file(), "utf8");
    const unnamed = await shop.facs("hosts", "trust", "staging", "--yes");
    expect([unnamed.code, unnamed.stderr]).toEqual([5, expect.stringMatching(/HOST_KEY_CHANGED: web1\.eu shows another key than on record; nothing was written\n.*facs hosts trust staging web1\.eu\n/)]); // biome-ignore format: one line
    expect(await fs.readFile(file(), "utf8")).toBe(before);
    await shop.fleet.stop("db1.us");
    const { code, stdout, stderr } = await shop.facs("hosts", "trust", "staging", "web1.eu", "db1.us", "--yes");
    expect([code, stdout]).toEqual([1, expect.stringContaining("1 key written")]);
    expect(stderr).toMatch(/✗ us\/db1\.us +127\..* on record; no answer\n/);
    expect(stderr).toMatch(/✗ us\/db1\.us \(?.*cannot be reached.*\n {2}\S/);
    expect(stderr).toContain("To ask again: facs hosts check staging db1.us\n");
    const none = await shop.facs("hosts", "trust", "staging", "db1.us", "--yes");
    expect([none.code, none.stdout]).toEqual([1, "No host answered; nothing was written.\n"]);
    const expected = [...lines, `former.example ${old}`].toSorted();
    expect((await fs.readFile(file(), "utf8")).split("\n").toSorted()).toEqual(expected);
    await shop.fleet.start("db1.us");
  });

  it("asks a host for the kind of key that is on record, as ssh does", async () => {
    const key = path.join(shop.fleet.dir, "db1.us.rsa");
    const rsa = async () => {
      await fs.rm(key, { force: true });
      execFileSync("ssh-keygen", ["-q", "-t", "rsa", "-N", "", "-f", key]);
      return (await fs.readFile(`${key}.pub`, "utf8")).split(" ").slice(0, 2).join(" ");
    };
    const check = async (...onRecord: string[]) => {
      await fs.writeFile(file(), onRecord.map((line) => `db1.us ${line}\n`).join(""));
      const { stdout } = await shop.facs("hosts", "check", "staging", "db1.us", "--json");
      const [{ verdict, shown }] = JSON.parse(stdout).hosts;
      return [verdict, shown.type];
    };
    const other = await rsa();
    const own = await rsa();
    await fs.appendFile(path.join(shop.fleet.dir, "db1.us.conf"), `HostKey ${key}\n`);
    await shop.fleet.stop("db1.us");
    await shop.fleet.start("db1.us");
    expect(await check(own)).toEqual(["known", "ssh-rsa"]);
    expect(await check("ssh-new AAAA", "ssh-dss AAAA", own)).toEqual(["known", "ssh-rsa"]);
    expect(await check(other)).toEqual(["changed", "ssh-rsa"]);
    expect((await shop.facs("hosts", "check", "staging", "db1.us")).stdout).toContain("/ssh_host_rsa_key.pub\n");
    expect(await check()).toEqual(["new", "ssh-ed25519"]);
    await fs.writeFile(file(), right.replace(/^db1\.us .*$/m, `db1.us ${own}`));
    expect((await shop.facs("plan", "staging")).code).toBe(0);
  });

  it("goes by hashed names and patterns as ssh does, and by none of a key that is revoked", async () => {
    const [one = "", two = ""] = right.split("\n");
    const key = (line: string) => line.replace(/^\S+ /, "");
    const check = async () => {
      const { code, stdout } = await shop.facs("hosts", "check", "staging", "web1.eu", "--json");
      return [code, JSON.parse(stdout).hosts[0].verdict];
    };
    const hashed = async (text: string) => {
      await fs.writeFile(file(), text);
      execFileSync("ssh-keygen", ["-H", "-f", file()], { stdio: "ignore" });
      await fs.rm(`${file()}.old`);
    };
    await hashed(right);
    expect(await check()).toEqual([0, "known"]);
    expect((await shop.facs("hosts", "list", "staging")).stdout).not.toContain("no key on record");
    await hashed(right.replace(one, `web1.eu ${key(two)}`));
    expect(await check()).toEqual([5, "changed"]);
    const asked = await shop.facs("hosts", "trust", "staging");
    expect(asked.stderr).toContain("If it is right: facs hosts trust staging web1.eu --yes.");
    expect((await shop.facs("hosts", "trust", "staging", "--yes")).code).toBe(5);
    expect((await shop.facs("hosts", "trust", "staging", "web1.eu", "--yes")).code).toBe(0);
    expect(await fs.readFile(file(), "utf8")).not.toContain(`${key(two)}\nweb1.eu`);
    expect(JSON.parse((await shop.facs("hosts", "list", "staging", "web1.eu", "--json")).stdout).hosts[0].known).toHaveLength(1); // biome-ignore format: one line
    await fs.writeFile(file(), `${right}@revoked * ${key(one)}\n`);
    expect(await check()).toEqual([5, "revoked"]);
    const trust = await shop.facs("hosts", "trust", "staging", "--yes");
    expect([trust.code, trust.stdout]).toEqual([5, "Nothing was written.\n"]);
    expect((await shop.facs("status", "staging", "--hosts", "web1.eu")).stdout).toContain("shows a host key that is marked as @revoked on record"); // biome-ignore format: one line
    await fs.writeFile(file(), right);
  });

  it("knows a host whose name has capital letters, though ssh writes it without", async () => {
    await shop.edit("define/staging.json5", '"web2.us"', '"Web2.US"');
    await fs.writeFile(file(), right.replace(/^web2\.us .*\n/m, ""));
    expect(await shop.facs("hosts", "trust", "staging", "Web2.US", "--yes")).toMatchObject({ code: 0, stdout: expect.stringContaining("1 key written") }); // biome-ignore format: one line
    expect((await shop.facs("hosts", "check", "staging", "Web2.US")).code).toBe(0);
    const [, second = ""] = right.split("\n");
    await fs.writeFile(file(), right.replace(/^web2\.us .*$/m, second.replace("web2.eu", "web2.us")));
    const { stdout } = await shop.facs("status", "staging", "--hosts", "Web2.US");
    expect(stdout).toMatch(/^ {4}Web2\.US \(\S+\) shows another host key than the one on record/m);
    await shop.edit("define/staging.json5", '"Web2.US"', '"web2.us"');
    await fs.writeFile(file(), right);
  });

  it("logs in nowhere, and leaves nothing behind", async () => {
    const { stdout } = await shop.facs("hosts", "check", "staging", "--json");
    expect(JSON.parse(stdout)).toMatchObject({ schema: "hosts/1", file: "hosts/known_hosts" });
    expect(JSON.parse(stdout).hosts).toHaveLength(HOSTS.length);
    // But for connections that a plan before it has kept.
    expect((await fs.readdir(shop.temp)).filter((name) => !/^facs-\d+$/.test(name))).toEqual([]);
    for (const host of HOSTS) expect(await fs.readdir(shop.hostHome(host))).not.toContain("shop");
  });

  it("knows the names of hosts, and instances without any", async () => {
    expect(await shop.facs("hosts", "check", "staging", "web1.eo")).toMatchObject({ code: 64, stderr: expect.stringContaining("Did you mean web1.eu?") }); // biome-ignore format: one line
    expect(await shop.facs("hosts", "list", "dev")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("NO_HOSTS"),
    });
  });
});
