import { execFile } from "node:child_process";
import fs from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type DeployWorld, deployWorld } from "../../pipeline/test/deploy-world.ts";

const FACS = fileURLToPath(new URL("../bin/facs.mjs", import.meta.url));
const HOST = "web1.eu";

describe("a plan shows no secret of what hosts hold", { timeout: 60_000 }, () => {
  let shop: DeployWorld;
  const template = (text: string) => fs.writeFile(path.join(shop.root, "tmpl/shop/_ALL_/_DEPLOY_/etc/app.ini"), `${text}\npassword = {{ module.till.password }}\n`); // biome-ignore format: one line
  const stateFile = () => path.join(shop.root, "state/staging.json");

  beforeEach(async () => {
    shop = await deployWorld([HOST]);
    await shop.define({});
    await fs.writeFile(path.join(shop.root, "define/modules.json5"), '[{ name: "till" }]');
    await template("one");
    expect((await shop.deploy()).outcome).toBe("done");
  });
  afterEach(() => shop.stopAll());

  it("that the state has", async () => {
    const secret = await runningSecret();
    await template("two");
    const told = await plan("staging");
    expect(told).toContain("-one\n");
    expect(told).not.toContain(secret.slice(0, 10));
  });

  it.each([
    ["in capitals", "{{ module.till.password | upcase }}", "{{ module.till.password }}"],
    [
      "in capitals beside it as it is",
      "{{ module.till.password }}\nid = {{ module.till.password | upcase }}",
      "{{ module.till.password }}",
    ],
    ["without some of it", '{{ module.till.password | replace: "-", "" }}', "{{ module.till.password }}"],
    ["a piece of it", "{{ module.till.password | slice: 0, 13 }}", "{{ module.till.password }}"],
  ])("of which a filter of the old template made something: %s", async (_, before, after) => {
    const file = path.join(shop.root, "tmpl/shop/_ALL_/_DEPLOY_/etc/app.ini");
    await fs.writeFile(file, `note = one\nkey = ${before}\n`);
    expect((await shop.deploy()).outcome).toBe("done");
    const held = (await shop.read(HOST, "shop/shop/current/etc/app.ini")) ?? "";
    const made = held.trimEnd().split(" ").at(-1) ?? "";
    expect(made.length).toBeGreaterThan(10);
    await fs.writeFile(file, `note = two\nkey = ${after}\n`);
    const told = await plan("staging");
    expect(told).toContain("holds secrets; what they were is not known");
    expect(told).not.toContain(made.slice(0, 8));
  });

  it("that is of a later state than the one at hand", async () => {
    const old = await fs.readFile(stateFile());
    for (const _ of [1, 2, 3]) await facs("secrets", "rotate", "staging", "passwd/till", "--yes");
    expect((await shop.deploy()).outcome).toBe("done");
    await fs.writeFile(stateFile(), old);
    await hides(await runningSecret());
  });

  it("that is of a state which went another way from the same one", async () => {
    const old = await fs.readFile(stateFile());
    const rotate = () => facs("secrets", "rotate", "staging", "passwd/till", "--yes");
    await rotate();
    const ours = await fs.readFile(stateFile());
    await fs.writeFile(stateFile(), old);
    await fs.rm(path.join(shop.root, ".config/memory.json"));
    await rotate();
    expect((await shop.deploy()).outcome).toBe("done");
    await fs.writeFile(stateFile(), ours);
    await fs.rm(path.join(shop.root, ".config/memory.json"));
    await hides(await runningSecret());
  });

  it("that is another instance's", async () => {
    await fs.rename(path.join(shop.root, "define/staging.json5"), path.join(shop.root, "define/other.json5"));
    expect(await facs("deploy", "other", "--yes", "--adopt")).toContain("1 host holds exactly its copy");
    const secret = await runningSecret();
    await shop.define({});
    await hides(secret);
  });

  async function hides(secret: string): Promise<void> {
    await template("two");
    const told = await plan("staging");
    expect(told).not.toContain(secret.slice(0, 10));
    expect(told).toMatch(/etc\/app\.ini/);
  }

  async function runningSecret(): Promise<string> {
    const [, value = ""] = /^password = (\S+)$/m.exec((await shop.read(HOST, "shop/shop/current/etc/app.ini")) ?? "") ?? []; // biome-ignore format: one line
    expect(value.length).toBeGreaterThan(10);
    return value;
  }

  const plan = async (instance: string) => `${await facs("plan", instance)}${await facs("plan", instance, "--json")}`;

  function facs(...args: string[]): Promise<string> {
    const env = { PATH: process.env["PATH"], HOME: shop.root, FACS_CONFIG_DIR: path.join(shop.root, ".config"), FACS_SSH_CONFIG: shop.fleet.sshConfig }; // biome-ignore format: one line
    return new Promise(
      (resolve) =>
      execFile(process.execPath, [FACS, ...args], { cwd: shop.root, env }, (_error, stdout, stderr) => resolve(stdout + stderr)), // biome-ignore format: one line
    );
  }
});
