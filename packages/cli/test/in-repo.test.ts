import { spawn } from "node:child_process";
import fs from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { type Fleet, fleet, GIT_ENV, git, gitCommit, readTree } from "@facsimile/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Ran } from "./world.ts";

const FACS = fileURLToPath(new URL("../bin/facs.mjs", import.meta.url));

/** One file with the definitions of a repository that it lies in; `beta` has a real host. */
const definition = (address: string) => `{
  projects: { shop: { repo: ".", targets: ["web"] } },
  home: "shop",
  banner: "hello",
  modules: [{ name: "shop" }],
  install: { groups: [{ type: "copy", glob: "bin/*" }] },

  instances: {
    // Mine.
    dev: { versions: { shop: "1.0.0" } },
    beta: {
      versions: { shop: "1.0.0" },
      deploy: { nodes: { web: ["web1"] } },
      hosts: { web1: { address: "${address}" } },
    },
  },
}
`;
const INI =
  "banner = {{ instance.banner }}\nversion = {{ instance.versions.shop }}\npassword = {{ module.shop.password }}\n";

describe("a repository that carries its own definitions", () => {
  let dir: string;
  let temp: string;
  let root: string;
  let home: string;
  let hosts: Fleet;
  beforeAll(async () => {
    hosts = await fleet(["web1"]);
    dir = await fs.realpath(await fs.mkdtemp(path.join(os.tmpdir(), "facs repo-")));
    // Private sockets go here: the path is short and without blanks.
    temp = await fs.mkdtemp("/tmp/facs-t-");
    [root, home] = [path.join(dir, "shop"), path.join(dir, "home")];
    await fs.mkdir(home);
    await write({
      "config/facsimile.json5": definition(`${hosts.network}.1`),
      "config/facsimile/tmpl/_ALL_/_DEPLOY_/etc/shop.ini": INI,
      "config/facsimile/tmpl/_ALL_/init.sql": "-- {{ instance.banner }}\n",
      "config/facsimile/extra/dev/_DEPLOY_/share/note": "only on dev\n",
      "bin/run": "echo 1\n",
    });
    await git(root, "init", "--quiet", "--initial-branch=main");
    for (const [key, value] of [
      ["user.name", "Robin"],
      ["user.email", "robin@example.org"],
    ] as const)
      await git(root, "config", key, value);
    await gitCommit(root, ["1.0.0"]);
  });
  afterAll(async () => {
    await hosts.stopAll();
    for (const folder of [dir, temp]) await fs.rm(folder, { recursive: true, force: true });
  });

  async function write(files: Readonly<Record<string, string>>): Promise<void> {
    for (const [name, text] of Object.entries(files)) {
      await fs.mkdir(path.dirname(path.join(root, name)), { recursive: true });
      await fs.writeFile(path.join(root, name), text);
    }
  }

  async function edit(file: string, from: string, to: string): Promise<void> {
    const text = await fs.readFile(path.join(root, file), "utf8");
    expect(text).toContain(from);
    await fs.writeFile(path.join(root, file), text.replace(from, to));
  }

  /** Runs the real CLI in a folder of the repository. */
  function facsIn(folder: string, ...args: string[]): Promise<Ran> {
    const config = { FACS_CONFIG_DIR: path.join(dir, "key"), FACS_ROOT: undefined, FACS_SSH_CONFIG: hosts.sshConfig };
    const env = { ...process.env, ...GIT_ENV, HOME: home, TMPDIR: temp, NO_COLOR: "1", ...config };
    const child = spawn(process.execPath, [FACS, ...args], { cwd: path.join(root, folder), env, stdio: "pipe" });
    const text = { stdout: "", stderr: "" };
    child.stdout.on("data", (chunk) => (text.stdout += chunk));
    child.stderr.on("data", (chunk) => (text.stderr += chunk));
    return new Promise((resolve) => child.on("close", (code) => resolve({ code: code ?? 128, ...text })));
  }
  const facs = (...args: string[]) => facsIn(".", ...args);

  const current = () => path.join(home, "shop/shop/current");
  const held = (name: string) => fs.readFile(path.join(current(), name), "utf8");
  const status = () => git(root, "status", "--porcelain", "--untracked-files=all");

  it("is prepared with a key in config/facsimile and a line in .gitignore, from any folder of it", async () => {
    const { code, stdout, stderr } = await facsIn("config", "init");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(new RegExp(`^${root}: ready\n`));
    expect((await status()).split("\n")).toEqual([
      "?? .gitignore",
      "?? config/facsimile/.gitattributes",
      expect.stringMatching(/^\?\? config\/facsimile\/keys\/[0-9A-F]{40}\.asc$/),
    ]);
    expect(await fs.readFile(path.join(root, ".gitignore"), "utf8")).toBe("/.facsimile/\n");
    await gitCommit(root);
  });

  it("lists its instances", async () => {
    const { code, stdout } = await facsIn("bin", "list");
    expect(stdout).toMatch(/dev[\s\S]*shop 1\.0\.0/);
    expect(stdout).toContain("beta");
    expect(code).toBe(0);
  });

  it("deploys a tag of itself with the tag's definitions and templates, whatever lies in the working tree", async () => {
    await edit("config/facsimile.json5", '"hello"', '"unfinished"');
    await edit("config/facsimile/tmpl/_ALL_/_DEPLOY_/etc/shop.ini", "banner", "unfinished");
    await write({ "bin/run": "echo unfinished\n", "config/facsimile/extra/_ALL_/_DEPLOY_/unfinished": "" });
    const { code, stdout, stderr } = await facs("deploy", "dev");
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(stdout).toMatch(/^dev: 1 host holds exactly its copy of shop 1\.0\.0/);
    expect(await held("etc/shop.ini")).toMatch(/^banner = hello\nversion = 1\.0\.0\npassword = [0-9a-f-]{36}\n$/);
    expect(await held("bin/run")).toBe("echo 1\n");
    const names = Object.keys(await readTree(current()));
    expect(names).toEqual(expect.arrayContaining(["share/note", "etc/shop.version"]));
    expect(names).not.toContain("unfinished");
  });

  it("keeps state beside the definitions and everything else in .facsimile", async () => {
    expect((await fs.readdir(root)).sort()).toEqual([".facsimile", ".git", ".gitignore", "bin", "config"]);
    expect((await fs.readdir(path.join(root, ".facsimile"))).sort()).toEqual(["RELEASE", "SRC"]);
    expect((await fs.readdir(path.join(root, "config/facsimile"))).sort()).toEqual([
      ".gitattributes",
      "extra",
      "keys",
      "state",
      "tmpl",
    ]);
    expect(await fs.readdir(path.join(root, "config/facsimile/state"))).toEqual(["dev.json"]);
    const [id = ""] = await fs.readdir(path.join(root, ".facsimile/RELEASE/dev/shop"));
    const release = await fs.readFile(path.join(root, ".facsimile/RELEASE/dev/shop", id, "release.json"), "utf8");
    const commit = await git(root, "rev-parse", "1.0.0");
    expect(JSON.parse(release)).toMatchObject({ definition: { commit }, source: { commit } });
  });

  it("deploys the next tag, and writes its version into the working tree's file", async () => {
    await edit("config/facsimile.json5", '"unfinished"', '"hello again"');
    await edit("config/facsimile/tmpl/_ALL_/_DEPLOY_/etc/shop.ini", "unfinished", "greeting");
    await fs.rm(path.join(root, "config/facsimile/extra/_ALL_"), { recursive: true });
    await gitCommit(root, ["1.1.0"]);
    await edit("config/facsimile/tmpl/_ALL_/_DEPLOY_/etc/shop.ini", "greeting", "unfinished");
    const plan = await facs("plan", "dev", "shop@1.1.0", "--exit-code");
    expect(plan.stdout).toContain("shop  1.0.0 → 1.1.0");
    expect(plan.code).toBe(2);
    const { code, stdout } = await facsIn("config/facsimile/tmpl", "deploy", "dev", "shop@1.1.0");
    expect(stdout).toMatch(/version {2}shop 1\.1\.0 in config\/facsimile\.json5/);
    expect(code).toBe(0);
    expect(await held("etc/shop.ini")).toMatch(/^greeting = hello again\nversion = 1\.1\.0\n/);
    expect(await git(root, "diff", "--unified=0", "config/facsimile.json5")).toMatch(
      /- {4}dev: \{ versions: \{ shop: "1\.0\.0" \} \},\n\+ {4}dev: \{ versions: \{ shop: "1\.1\.0" \} \},/,
    );
    expect(await facs("deploy", "dev")).toMatchObject({ code: 0, stdout: expect.stringContaining("dev: no change") });
  });

  it("verifies, finds a hand edit and heals it, also from a checkout in .facsimile/SRC", async () => {
    const checkout = ".facsimile/SRC/shop-1.0.0/config";
    expect(await facsIn(checkout, "verify", "dev")).toMatchObject({ code: 0 });
    await fs.writeFile(path.join(current(), "bin/run"), "echo 2\n");
    const { code, stdout } = await facsIn(checkout, "verify", "dev");
    expect(stdout).toMatch(/changed {3}shop {3}bin\/run/);
    expect(code).toBe(2);
    expect(await facsIn(checkout, "deploy", "dev")).toMatchObject({ code: 0 });
    expect(await facs("verify", "dev")).toMatchObject({ code: 0 });
    expect(await git(path.join(root, checkout), "status", "--porcelain")).toBe("");
  });

  it("renders what the version has", async () => {
    await edit("config/facsimile/tmpl/_ALL_/init.sql", "--", "-- unfinished");
    expect(await facs("render", "dev", "init.sql")).toMatchObject({ code: 0, stdout: "-- hello again\n" });
    expect((await facs("render", "dev", "etc/shop.ini")).stdout).toContain("password = ‹passwd/shop›");
    await git(root, "checkout", "--quiet", "--", "config/facsimile/tmpl");
  });

  it("says of a template that is wrong where it lies in the checkout", async () => {
    await write({ "config/facsimile/tmpl/_ALL_/_DEPLOY_/etc/shop.ini": "{{ nothing.here }}\n" });
    await gitCommit(root, ["1.2.0"]);
    const { code, stderr } = await facs("plan", "dev", "shop@1.2.0");
    expect(stderr).toContain(".facsimile/SRC/shop-1.2.0/config/facsimile/tmpl/_ALL_/_DEPLOY_/etc/shop.ini:1:4");
    expect(stderr).toContain("│ {{ nothing.here }}");
    expect(code).toBe(1);
  });

  it("cannot deploy a version from before it had definitions, and says so", async () => {
    await git(root, "switch", "--quiet", "--orphan", "past");
    await write({ "bin/run": "echo 0\n" });
    await git(root, "add", "bin");
    await git(root, "commit", "--quiet", "-m", "old");
    await git(root, "tag", "0.9.0");
    await git(root, "switch", "--quiet", "main");
    const { code, stderr } = await facs("deploy", "dev", "shop@0.9.0");
    expect(stderr).toContain("NO_DEFINITIONS: shop 0.9.0 carries no definitions");
    expect(code).toBe(1);
    expect(await held("etc/shop.version")).toBe("1.1.0\n");
  });

  it("deploys to a host whose key lies in config/facsimile/hosts, and commits the state", async () => {
    await write({ "config/facsimile/hosts/known_hosts": hosts.knownHosts });
    const { code, stdout, stderr } = await facs("deploy", "beta", "shop@1.1.0", "--yes");
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(stdout).toMatch(/^beta: (?:all )?1 hosts? holds? exactly (?:its|their) copy of shop 1\.1\.0/);
    const on = path.join(hosts.hosts[0]?.home ?? "", "shop/shop/current");
    expect(await fs.readFile(path.join(on, "etc/shop.ini"), "utf8")).toMatch(/^greeting = hello again\n/);
    expect(Object.keys(await readTree(on))).not.toContain("share/note");
    expect((await git(root, "show", "--format=", "--name-only")).split("\n")).toEqual([
      "config/facsimile.json5",
      "config/facsimile/state/beta.json",
    ]);
    expect(await status()).toBe("?? config/facsimile/hosts/known_hosts");
    expect(await facs("verify", "beta")).toMatchObject({ code: 0 });
  });

  it("lets a folder without definitions in it be made a conglomerate of its own", async () => {
    const { code, stdout } = await facs("init", "deploy");
    expect(code).toBe(0);
    expect(stdout).toContain("define/facsimile.json5");
    expect(await fs.readdir(path.join(root, "deploy"))).toEqual(expect.arrayContaining(["define", "keys"]));
  });
});
