import { execFile } from "node:child_process";
import fs from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { readTree } from "@facsimile/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ask, filesHolding, type World, world } from "./world.ts";

// The example's dev listens on this address unless told otherwise; any of 127/8 is this machine.
const ADDRESS = "127.0.0.77";
const PORT = 18_077;
const SETTINGS = ["--set", `hosts.local.address=${ADDRESS}`, "--set", `storefront.port=${PORT}`];

/** A PATH with what a bare machine has, and neither ssh nor rsync nor gpg. */
async function barePath(dir: string): Promise<string> {
  const bin = path.join(dir, "bin");
  await fs.mkdir(bin);
  const left = /^(?:ssh.*|scp|sftp|rsync.*|gpg.*)$/;
  const folders = (process.env["PATH"] ?? "").split(":").toReversed();
  for (const folder of folders) {
    for (const name of await fs.readdir(folder).catch(() => [])) {
      if (left.test(name)) continue;
      await fs.rm(path.join(bin, name), { force: true });
      await fs.symlink(path.join(folder, name), path.join(bin, name));
    }
  }
  return bin;
}

describe("a local instance", () => {
  let shop: World;
  beforeAll(async () => {
    shop = await world();
    shop.env["PATH"] = await barePath(shop.dir);
  });
  afterAll(async () => {
    const pid = await fs
      .readFile(path.join(shop.home, "shop-dev/storefront/shared/var/storefront.pid"), "utf8")
      .catch(() => "");
    if (pid !== "") process.kill(Number.parseInt(pid, 10));
    await shop.remove();
  });
  const current = (project: string) => path.join(shop.home, "shop-dev", project, "current");

  it("is planned without a trace on it", async () => {
    const before = await readTree(shop.home);
    const { code, stdout } = await shop.facs("plan", "dev", ...SETTINGS);
    expect(stdout).toContain("storefront  new → 1.0.0");
    expect(stdout).toContain("+ secret passwd/storefront");
    expect(stdout).toContain("1 host would change. Run: facs deploy dev");
    expect(code).toBe(0);
    expect(await readTree(shop.home)).toEqual(before);
  });

  it("is deployed with neither ssh nor rsync nor gpg, and answers", async () => {
    const { code, stdout, stderr } = await shop.facs("deploy", "dev", ...SETTINGS);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(stdout).toMatch(
      /^dev: 1 host holds exactly its copy of storefront 1\.0\.0 \([0-9a-f]{7}\), ledger 1\.0\.0 \([0-9a-f]{7}\), verified and healthy/,
    );
    expect(await ask(ADDRESS, PORT)).toMatchObject({ version: "1.0.0", banner: "hello from my machine" });
    expect(await fs.readFile(path.join(current("storefront"), "etc/storefront.version"), "utf8")).toBe("1.0.0\n");
  });

  it("is named by the releases that it runs, as the journal of the run knows", async () => {
    const { stdout } = await shop.facs("releases", "dev");
    expect(stdout.match(/^[0-9a-f]{7} +(?:storefront|ledger) .* on its host$/gm)).toHaveLength(2);
  });

  it("is not touched again while nothing changes", async () => {
    const before = await fs.readlink(current("storefront"));
    const { code, stdout } = await shop.facs("deploy", "dev", ...SETTINGS);
    expect(stdout).toContain("dev: no change: 1 host holds exactly its copy");
    expect(code).toBe(0);
    expect(await fs.readlink(current("storefront"))).toBe(before);
  });

  it("is verified, and a changed byte, mode, an extra and a missing file are named and healed", async () => {
    expect(await shop.facs("verify", "dev", ...[])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("dev: 1 host holds exactly"),
    });
    const version = path.join(current("storefront"), "etc/storefront.version");
    const { atime, mtime } = await fs.stat(version);
    await fs.writeFile(version, "1.0.9\n");
    await fs.utimes(version, atime, mtime);
    await fs.chmod(path.join(current("storefront"), "bin/health"), 0o700);
    await fs.writeFile(path.join(current("ledger"), "extra"), "");
    await fs.rm(path.join(current("ledger"), "etc/ledger.version"));
    const { code, stdout } = await shop.facs("verify", "dev");
    expect(stdout).toMatch(/changed {3}storefront {3}etc\/storefront\.version {3}6 B, same size, other bytes/);
    expect(stdout).toMatch(/mode {6}storefront {3}bin\/health {15}0700, should be 0755/);
    expect(stdout).toMatch(/extra {5}ledger {7}extra {20}does not belong there/);
    expect(stdout).toMatch(/missing {3}ledger {7}etc\/ledger\.version {7}not there/);
    expect(stdout).toContain("1 of 1 host differs in 4 paths. Heal: facs deploy dev");
    expect(code).toBe(2);
    expect(await shop.facs("deploy", "dev", ...SETTINGS)).toMatchObject({ code: 0 });
    expect(await shop.facs("verify", "dev")).toMatchObject({ code: 0 });
    expect(await ask(ADDRESS, PORT)).toMatchObject({ version: "1.0.0" });
  });

  it("prints one template on demand, its secrets masked unless they are asked for", async () => {
    const masked = await shop.facs("render", "dev", "ledger", "init.sql");
    const open = await shop.facs("render", "dev", "ledger", "init.sql", "--reveal");
    expect(masked.stdout).toContain("‹passwd/reports›");
    expect(open.stdout).not.toContain("‹");
    expect(open.stdout).toMatch(/[0-9a-f]{8}-[0-9a-f]{4}-4/);
    expect(await fs.readdir(current("ledger"))).not.toContain("init.sql");
    const unclear = await shop.facs("render", "dev", "init.sql");
    expect(unclear).toMatchObject({
      code: 64,
      stderr: expect.stringContaining("which project's init.sql? There are storefront, ledger"),
    });
  });

  it("has the same release ids in another folder, home, time zone, language and umask", async () => {
    const ids = async (run: { stdout: string }) =>
      JSON.parse(run.stdout).projects.map(({ release }: { release: string }) => release);
    const here = await ids(await shop.facs("plan", "dev", "--json", ...SETTINGS));
    const other = path.join(shop.dir, "elsewhere");
    await fs.cp(shop.root, other, { recursive: true, filter: (file) => !/\/(SRC|BUILD|RELEASE)$/.test(file) });
    const env = { ...shop.env, HOME: other, TZ: "Pacific/Kiritimati", LC_ALL: "tr_TR.UTF-8" };
    const script = 'umask 077; exec "$@"';
    const facs = fileURLToPath(new URL("../bin/facs.mjs", import.meta.url));
    const { stdout } = await promisify(execFile)(
      "sh",
      ["-c", script, "sh", process.execPath, facs, "plan", "dev", "--json", ...SETTINGS],
      { cwd: other, env },
    );
    expect(await ids({ stdout })).toEqual(here);
  });

  it("keeps secrets out of everything but its home", async () => {
    const ini = await fs.readFile(path.join(current("storefront"), "etc/storefront.ini"), "utf8");
    const [secret = "none"] = /[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f-]{21}/.exec(ini) ?? [];
    expect(secret).toHaveLength(36);
    expect((await fs.stat(path.join(current("storefront"), "etc/storefront.ini"))).mode & 0o777).toBe(0o600);
    expect(await filesHolding(shop.root, [secret])).toEqual([]);
  });
});
