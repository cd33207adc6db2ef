import fs from "node:fs/promises";
import path from "node:path";
import { sha256 } from "@facsimile/core";
import { git, readTree } from "@facsimile/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ask, type FleetWorld, fleetWorld, HOSTS } from "./world.ts";

const SHOPS = HOSTS.filter((host) => host !== "db1.eu");

describe("from nothing to six hosts in two regions, and on", () => {
  let shop: FleetWorld;
  beforeAll(async () => {
    shop = await fleetWorld();
  });
  afterAll(() => shop.remove());

  const current = (host: string, project: string) => path.join(shop.hostHome(host), "shop", project, "current");
  const answers = () =>
    Promise.all(
      shop.fleet.hosts.filter(({ name }) => SHOPS.some((one) => one === name)).map(({ address }) => ask(address)),
    );

  it("plans, and leaves no trace on any host", async () => {
    const { code, stdout } = await shop.facs("plan", "staging");
    expect(stdout).toContain("staging: 2 projects, 6 hosts (eu 3, us 3), state staging serial 0 → 1");
    expect(stdout).toContain("passwd/reports     new on db1.eu, db1.us");
    expect(stdout).toContain("6 hosts would change. Run: facs deploy staging");
    expect(code).toBe(0);
    for (const host of HOSTS) expect(await fs.readdir(shop.hostHome(host))).not.toContain("shop");
    expect(await fs.readdir(shop.root)).not.toContain("state");
  });

  it("deploys: each shop answers with its version and its region's currency", async () => {
    const { code, stdout, stderr } = await shop.facs("deploy", "staging", "--yes");
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(stdout).toMatch(
      /^staging: all 6 hosts hold exactly their copy of storefront 1\.0\.0 \(\w{7}\), ledger 1\.0\.0 \(\w{7}\), verified and healthy;/,
    );
    expect(stdout).toContain("changed  6 hosts");
    expect(stderr).toMatch(
      /^! one key alone will open state\/staging\.json.*\n.*\nrun \S+: staging, 6 hosts\nstaged {4}6\/6\nswitched {2}6\/6\nconfirmed 6\/6\n$/,
    );
    expect(stdout).toContain("state    staging, serial 1, committed; there is no remote");
    const told = await answers();
    expect(told.map(({ version, region }) => `${version} ${region}`)).toEqual([
      "1.0.0 eu",
      "1.0.0 eu",
      "1.0.0 us",
      "1.0.0 us",
      "1.0.0 us",
    ]);
    expect(await git(shop.root, "log", "-1", "--format=%s", "--", "state/staging.json")).toContain(
      "state staging serial 1",
    );
  });

  it("needs one connection to each host, whatever it does there", async () => {
    const logins = () =>
      Promise.all(
        HOSTS.map(
          async (host) =>
            (await fs.readFile(path.join(shop.fleet.dir, `${host}.log`), "utf8")).split("Accepted publickey").length -
            1,
        ),
      );
    // One for the plan, one for the deploy, which copied with rsync, streamed secrets and ran hooks.
    expect(await logins()).toEqual(HOSTS.map(() => 1));
  });

  it("has put exactly the sealed release on every host: bytes, modes, links, and nothing else", async () => {
    for (const project of ["storefront", "ledger"]) {
      for (const { host, files, manifest } of await sealedTrees(path.join(shop.root, "RELEASE/staging", project))) {
        const found = await readTree(current(host, project));
        expect(found["var"], host).toMatch(/^link .*shared\/var$/);
        const held = Object.keys(found).filter((name) => !/^var(\/|$)/.test(name));
        const described = await Promise.all(
          held.map(async (name) => [name, await describeFile(path.join(current(host, project), name))]),
        );
        expect(Object.fromEntries(described), `${host} ${project}`).toEqual(manifest);
        expect(found, `${host} ${project}`).toMatchObject(await readTree(files));
      }
    }
  });

  it("gives the database password to the hosts of the database, in a file that only its user reads", async () => {
    for (const host of HOSTS) {
      const names = Object.keys(await readTree(current(host, "ledger")));
      expect(names.includes("etc/database.ini"), host).toBe(host.startsWith("db1"));
    }
    expect((await fs.stat(path.join(current("db1.eu", "ledger"), "etc/database.ini"))).mode & 0o777).toBe(0o600);
  });

  it("can be checked on a host without us: coreutils for the bytes, gpg for the origin", async () => {
    const { execFileSync } = await import("node:child_process");
    const record = path.join(shop.hostHome("web1.eu"), "shop/.facsimile/storefront/current");
    execFileSync("sha256sum", ["--check", "--quiet", "--strict", path.join(record, "SHA256SUMS")], {
      cwd: current("web1.eu", "storefront"),
    });
    const keys = await fs.readdir(path.join(shop.root, "keys"));
    const gnupg = await fs.mkdtemp("/tmp/facs-gpg-");
    const env = { ...process.env, GNUPGHOME: gnupg };
    execFileSync(
      "gpg",
      ["--batch", "--import", path.join(shop.root, "keys", keys.find((name) => name.endsWith(".asc")) ?? "")],
      { env, stdio: "pipe" },
    );
    execFileSync("gpg", ["--batch", "--verify", "release.json.asc", "release.json"], {
      cwd: record,
      env,
      stdio: "pipe",
    });
    execFileSync("gpgconf", ["--kill", "all"], { env });
    await fs.rm(gnupg, { recursive: true });
  });

  it("verifies every host", async () => {
    const { code, stdout } = await shop.facs("verify", "staging");
    expect(stdout).toContain("staging: all 6 hosts hold exactly their copy of storefront 1.0.0");
    expect(code).toBe(0);
  });

  it("is not fooled by a host whose record was edited together with its files", async () => {
    const record = path.join(shop.hostHome("web1.eu"), "shop/.facsimile/storefront/current");
    for (const [name, from, to, told] of [
      ["release.json", '"built": "20', '"built": "19', "release.json of storefront on web1.eu"],
      ["manifest", /"sha256":"[0-9a-f]{8}/, '"sha256":"00000000', "web1.eu: its manifest is not the one of release"],
      ["SHA256SUMS", /^[0-9a-f]{8}/, "00000000", "web1.eu: its SHA256SUMS is not the one of its release"],
    ] as const) {
      const [file, text] = [path.join(record, name), await fs.readFile(path.join(record, name), "utf8")];
      await fs.writeFile(file, text.replace(from, to));
      const { code, stdout } = await shop.facs("verify", "staging");
      await fs.writeFile(file, text);
      expect(stdout).toContain(told);
      expect(code, name).toBe(5);
    }
  });

  it("changes nothing when nothing changed: no commit, no run, no file on any host", async () => {
    const look = async () => ({
      head: await git(shop.root, "rev-parse", "HEAD"),
      runs: await fs.readdir(path.join(shop.root, "RELEASE/staging/runs")),
      hosts: await Promise.all(HOSTS.map((host) => treeWithoutVar(shop.hostHome(host)))),
    });
    const before = await look();
    const { code, stdout } = await shop.facs("deploy", "staging", "--yes");
    expect(stdout).toContain("staging: no change: all 6 hosts hold exactly their copy");
    expect(code).toBe(0);
    expect(await look()).toEqual(before);
    expect((await shop.facs("plan", "staging", "--exit-code")).code).toBe(0);
  });

  it("takes another version from the command line, writes it into the definition, and touches only who has it", async () => {
    const ledgers = await Promise.all(HOSTS.map((host) => fs.readlink(current(host, "ledger"))));
    expect(await shop.facs("plan", "staging", "storefront@1.1.0", "--exit-code")).toMatchObject({
      code: 2,
      stdout: expect.stringContaining("storefront  1.0.0 → 1.1.0"),
    });
    const { code, stdout } = await shop.facs("deploy", "staging", "--yes", "storefront@1.1.0");
    expect(stdout).toMatch(
      /^staging: all 5 hosts hold exactly their copy of storefront 1\.1\.0 \(\w{7}\), verified and healthy/,
    );
    expect(stdout).toMatch(/version {2}storefront 1\.1\.0 in define\/staging\.json5, committed; there is no remote/);
    expect(stdout).toMatch(/\n {2}undo {5}facs rollback staging storefront\n$/);
    expect(code).toBe(0);
    expect((await answers()).map(({ version }) => version)).toEqual(Array(5).fill("1.1.0"));
    expect(await git(shop.root, "show", "--format=%s", "--unified=0")).toMatch(
      /storefront 1\.1\.0[\s\S]*-\s+storefront: "1\.0\.0",\n\+\s+storefront: "1\.1\.0",/,
    );
    expect(await git(shop.root, "status", "--porcelain")).toBe("");
    expect(await Promise.all(HOSTS.map((host) => fs.readlink(current(host, "ledger"))))).toEqual(ledgers);
  });

  it("finds a hand edit of the same size and time, names host and path, and heals it", async () => {
    const file = path.join(current("web2.us", "storefront"), "bin/storefront.mjs");
    const [text, { atime, mtime }] = [await fs.readFile(file, "utf8"), await fs.stat(file)];
    await fs.writeFile(file, text.replace("a", "b"));
    await fs.utimes(file, atime, mtime);
    const found = await shop.facs("verify", "staging");
    expect(found.stdout).toMatch(
      /✗ us\/web2\.us\n {4}changed {3}storefront {3}bin\/storefront\.mjs {3}\d+ B, same size, other bytes\n1 of 6 hosts differs in 1 path\. Heal: facs deploy staging/,
    );
    expect(found.code).toBe(2);
    expect((await shop.facs("plan", "staging")).stdout).toContain("web2.us  storefront  changed  bin/storefront.mjs");
    const healed = await shop.facs("deploy", "staging", "--yes");
    expect(healed.stdout).toContain("changed  web2.us");
    expect(await fs.readFile(path.join(current("web2.us", "storefront"), "bin/storefront.mjs"), "utf8")).toBe(text);
    expect(await shop.facs("verify", "staging")).toMatchObject({ code: 0 });
    expect((await shop.facs("deploy", "staging", "--yes")).stdout).toContain("no change");
  });
});

async function treeWithoutVar(home: string): Promise<object> {
  const view = await readTree(home);
  return Object.fromEntries(Object.entries(view).filter(([name]) => !name.includes("/shared/var/")));
}

interface SealedTree {
  readonly host: string;
  readonly files: string;
  /** Path → as {@link describeFile} gives it. */
  readonly manifest: Readonly<Record<string, string>>;
}

/** What the only release in `folder` says of every host. */
async function sealedTrees(folder: string): Promise<SealedTree[]> {
  const [id = ""] = (await fs.readdir(folder)).filter((name) => !name.startsWith("."));
  const release = JSON.parse(await fs.readFile(path.join(folder, id, "release.json"), "utf8"));
  return Promise.all(
    Object.entries<string>(release.hosts).map(async ([host, tree]) => {
      const top = path.join(folder, id, "trees", tree);
      const [, ...lines] = (await fs.readFile(path.join(top, "manifest"), "utf8")).trim().split("\n");
      const entries = lines.map((line) => JSON.parse(line));
      const describe = ({ type, mode = "", sha256 = "", target = "" }: Record<string, string>) =>
        `${type} ${mode} ${sha256}${target}`;
      const manifest = Object.fromEntries(entries.map((entry) => [entry.path, describe(entry)]));
      return { host, files: path.join(top, "files"), manifest };
    }),
  );
}

/** Type, mode, sha256 and target of what lies on a host, secrets among it, as a manifest has them. */
async function describeFile(file: string): Promise<string> {
  const stat = await fs.lstat(file);
  const mode = (stat.mode & 0o7777).toString(8).padStart(4, "0");
  if (stat.isSymbolicLink()) return `link  ${await fs.readlink(file)}`;
  return stat.isDirectory() ? `dir ${mode} ` : `file ${mode} ${sha256(await fs.readFile(file))}`;
}
