import fs from "node:fs/promises";
import path from "node:path";
import { readTree } from "@facsimile/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type SecretWorld, secretWorld } from "./secret-world.ts";

const SERVICE = '{ name: "worker", logical_name: "jobs", service: { n_instances: 2 } }';

describe("facs render", () => {
  let shop: SecretWorld;
  beforeAll(async () => {
    shop = await secretWorld({
      "define/facsimile.json5": `{
        projects: { shop: { repo: "../source", targets: ["web", "db"] } },
        versions: { shop: "1" },
        install: { groups: [
          { type: "tmpl", dir: "each", each: "worker" },
          { type: "tmpl", dir: "tmpl", skip: "~$" },
          { type: "tmpl", dir: "plain", tagLines: "keep" },
        ] },
      }`,
      "define/modules.json5": `[{ name: "storefront" }, ${SERVICE}]`,
      "define/fleet.json5": `{
        home: "shop", deploy: { nodes: { web: ["web1", "web2"], db: ["db1"] } },
        state: { scope: "dev" },
      }`,
      "tmpl/shop/_ALL_/_DEPLOY_/etc/app.ini": "password = {{ module.storefront.password }}\n",
      "tmpl/shop/_ALL_/_DEPLOY_/etc/both": "all\n",
      "tmpl/shop/_ALL_/_TARGET_/db/etc/both": "db\n",
      "tmpl/shop/fleet/_DEPLOY_/etc/both": "fleet\n",
      "tmpl/shop/_ALL_/_HOST_/etc/name": "{{ host.name }}\n",
      "tmpl/shop/_ALL_/_DEPLOY_/bin/tool": { content: "#!/bin/sh\n{% if true %}\nexit 0\n{% endif %}\n", mode: 0o755 },
      "tmpl/shop/_ALL_/_DEPLOY_/link": { link: "etc/app.ini" },
      "tmpl/shop/_ALL_/_DEPLOY_/left~": "{{ nope }}",
      "tmpl/shop/_ALL_/init.sql": "-- {{ module.storefront.password }}\n",
      "tmpl/shop/_ALL_/part": "{{ value }}",
      "tmpl/shop/_ALL_/_LIB_/head": "# {{ name }}\n",
      "plain/_ALL_/_DEPLOY_/etc/plain": "a\n{% if true %}\nb\n{% endif %}\n",
      "each/_ALL_/_DEPLOY_/etc/_EACH_.conf":
        '{% include "head", name: module.this.service.instance_name %}{% include "part", value: module.this.service.uiid %}.\n',
    });
    expect(await shop.facs("deploy", "dev")).toMatchObject({ code: 0 });
  });
  afterAll(() => shop.remove());

  it("lists what every host gets, and which file gives it, without a key", async () => {
    const env = { FACS_CONFIG_DIR: path.join(shop.dir, "nobody") };
    const { code, stdout } = await shop.facsWith({ env }, "render", "fleet");
    expect(code).toBe(0);
    expect(stdout).toBe(`shop 1
  web1 web2 db1
    bin/tool            tmpl/shop/_ALL_/_DEPLOY_/bin/tool
    etc/app.ini         tmpl/shop/_ALL_/_DEPLOY_/etc/app.ini
    etc/name            tmpl/shop/_ALL_/_HOST_/etc/name
    etc/plain           plain/_ALL_/_DEPLOY_/etc/plain
    etc/workerd.0.conf  each/_ALL_/_DEPLOY_/etc/_EACH_.conf
    etc/workerd.1.conf  each/_ALL_/_DEPLOY_/etc/_EACH_.conf
    link                tmpl/shop/_ALL_/_DEPLOY_/link
  web1 web2
    etc/both  tmpl/shop/fleet/_DEPLOY_/etc/both  over 1 file
  db1
    etc/both  tmpl/shop/_ALL_/_TARGET_/db/etc/both  over 2 files
  on no host: facs render prints them, or --out writes them
    init.sql  tmpl/shop/_ALL_/init.sql
    part      tmpl/shop/_ALL_/part
`);
  });

  it("tells why a file wins, as text and as JSON", async () => {
    const { stdout } = await shop.facs("render", "fleet", "shop", "--why", "etc/both");
    expect(stdout).toBe(`etc/both of shop on web1 web2
  tmpl/shop/fleet/_DEPLOY_/etc/both  wins
  tmpl/shop/_ALL_/_DEPLOY_/etc/both  hidden

etc/both of shop on db1
  tmpl/shop/_ALL_/_TARGET_/db/etc/both  wins
  tmpl/shop/fleet/_DEPLOY_/etc/both     hidden
  tmpl/shop/_ALL_/_DEPLOY_/etc/both     hidden
`);
    const json = JSON.parse(
      (await shop.facs("render", "fleet", "--why", "etc/both", "--host", "db1", "--json")).stdout,
    );
    expect(json).toEqual({
      schema: "render-why/1",
      instance: "fleet",
      projects: [
        {
          project: "shop",
          version: "1",
          origins: [
            {
              path: "etc/both",
              lands: true,
              file: "tmpl/shop/_ALL_/_TARGET_/db/etc/both",
              shadows: ["tmpl/shop/fleet/_DEPLOY_/etc/both", "tmpl/shop/_ALL_/_DEPLOY_/etc/both"],
              hosts: ["db1"],
            },
          ],
        },
      ],
    });
    const one = await shop.facs("render", "fleet", "--why", "_DEPLOY_/etc/both");
    expect(one.stdout).toContain("_DEPLOY_/etc/both of shop on web1 web2 db1".replace("_DEPLOY_/", ""));
    expect(await shop.facs("render", "fleet", "--why", "etc/bth")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("Did you mean etc/both?"),
    });
  });

  it("prints the file of one daemon, by the path where it lands", async () => {
    const uiid = (await shop.state("dev")).uiid("workerd.1");
    const { stdout, stderr } = await shop.facs("render", "dev", "etc/workerd.1.conf");
    expect({ stdout, stderr }).toEqual({ stdout: `# workerd.1\n${uiid}.\n`, stderr: "" });
    expect(await fs.readFile(path.join(shop.home, "shop-dev/shop/current/etc/workerd.1.conf"), "utf8")).toBe(stdout);
  });

  it("writes every host's tree, with its modes and links, secrets masked", async () => {
    const { code, stdout, stderr } = await shop.facs("render", "fleet", "--out", "../out");
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/^\.\.\/out: 22 files of shop 1 for 3 hosts, .* B, secrets masked\n$/) }); // biome-ignore format: one line
    expect(stderr).toBe(
      "warning: part of shop lands on no host and is left out, as it cannot be rendered by itself: " +
        "tmpl/shop/_ALL_/part:1:4: unknown variable value\n",
    );
    const view = await readTree(path.join(shop.dir, "out"));
    expect(Object.keys(view).filter((name) => /^shop\/(?:db1|_DEMAND_)/.test(name))).toEqual([
      "shop/_DEMAND_",
      "shop/_DEMAND_/init.sql",
      "shop/db1",
      "shop/db1/bin",
      "shop/db1/bin/tool",
      "shop/db1/etc",
      "shop/db1/etc/app.ini",
      "shop/db1/etc/both",
      "shop/db1/etc/name",
      "shop/db1/etc/plain",
      "shop/db1/etc/workerd.0.conf",
      "shop/db1/etc/workerd.1.conf",
      "shop/db1/link",
    ]);
    expect(view).toMatchObject({
      "shop/_DEMAND_/init.sql": "file 600 -- ‹passwd/storefront›\n",
      "shop/db1/bin/tool": "file 755 #!/bin/sh\nexit 0\n",
      "shop/db1/etc": "dir 755",
      "shop/db1/etc/app.ini": "file 600 password = ‹passwd/storefront›\n",
      "shop/db1/etc/both": "file 644 db\n",
      "shop/web2/etc/both": "file 644 fleet\n",
      "shop/web2/etc/name": "file 644 web2\n",
      "shop/db1/etc/plain": "file 644 a\n\nb\n\n",
      "shop/db1/link": "link etc/app.ini",
    });
  });

  it("writes secrets only on demand, and then for nobody else", async () => {
    const out = path.join(shop.dir, "open");
    expect(await shop.facs("render", "dev", "--out", out, "--reveal")).toMatchObject({ code: 0 });
    const view = await readTree(out);
    expect(view["shop/local/etc/app.ini"]).toBe(
      `file 600 password = ${await shop.value("dev", "passwd/storefront")}\n`,
    );
    expect((await fs.stat(out)).mode & 0o777).toBe(0o700);
    const modes = Object.values(view).flatMap((line) => /^(?:file|dir) ([0-7]+)/.exec(line)?.[1] ?? []);
    expect([...new Set(modes)].sort()).toEqual(["600", "700"]);
  });

  it("replaces what it wrote, and nothing else", async () => {
    const out = path.join(shop.dir, "again");
    await fs.mkdir(out);
    expect(await shop.facs("render", "fleet", "--out", out)).toMatchObject({ code: 0 });
    const first = await readTree(out);
    await fs.writeFile(path.join(out, "shop/web1/etc/both"), "edited");
    expect(await shop.facs("render", "fleet", "--out", out)).toMatchObject({ code: 0 });
    expect(await readTree(out)).toEqual(first);
    await fs.writeFile(path.join(out, "shop/web1/mine"), "mine");
    const { code, stderr } = await shop.facs("render", "fleet", "--out", out);
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringContaining("did not write there: shop/web1/mine"),
    });
    expect(await fs.readFile(path.join(out, "shop/web1/mine"), "utf8")).toBe("mine");
    expect((await fs.readdir(shop.dir)).filter((name) => name.includes(".facs-"))).toEqual([]);
  });

  it("refuses a folder that is somebody else's, a file and a link", async () => {
    const out = (name: string) => path.join(shop.dir, name);
    await fs.mkdir(out("theirs"));
    await fs.writeFile(out("theirs/file"), "theirs");
    await fs.symlink("theirs", out("to-theirs"));
    for (const name of ["theirs", "theirs/file", "to-theirs", "shop"]) {
      const { code, stderr } = await shop.facs("render", "fleet", "--out", out(name));
      expect({ name, code, stderr }).toEqual({ name, code: 1, stderr: expect.stringContaining("OUT_REFUSED") });
    }
    expect(await readTree(out("theirs"))).toEqual({ file: "file 644 theirs" });
  });

  it("leaves a folder that is whole, or none, whenever it is killed", async () => {
    const out = path.join(shop.dir, "killed");
    for (const delay of [0, 100, 200, 250, 300, 350, 400]) {
      const { pid, done } = shop.start({}, "render", "fleet", "--out", out);
      await new Promise((resolve) => setTimeout(resolve, delay));
      killIfRunning(pid);
      await done;
      const files = await fs.readdir(out, { recursive: true }).catch(() => undefined);
      if (files !== undefined) expect(files.filter((name) => name.endsWith("both"))).toHaveLength(3);
    }
    expect(await shop.facs("render", "fleet", "--out", out)).toMatchObject({ code: 0 });
  });

  it.each([
    [["--out", "x", "--why", "y"], "--out and --why do not go together"],
    [["shop", "init.sql", "--out", "x"], "--out writes every file and takes no path"],
    [["shop", "--why", "x", "--reveal"], "--why shows no values to --reveal"],
    [["a", "b", "c"], "too many words"],
    [["shp", "--out", "x"], "shp"],
    [["--host", "web9"], "no host web9 has this project"],
  ])("refuses %j", async (args, message) => {
    expect(await shop.facs("render", "fleet", ...args)).toMatchObject({
      code: 64,
      stderr: expect.stringContaining(message),
    });
  });

  it("shows no part of a secret through any filter, unless it is asked to", async () => {
    const file = "tmpl/shop/_ALL_/filtered";
    const filters = ["upcase", "slice: 0, 12", 'replace: "a", "b"', "split: '' | reverse | join: ''", "sha256", "base64_encode"]; // biome-ignore format: one line
    await shop.put(file, filters.map((filter) => `{{ module.storefront.password | ${filter} }}\n`).join(""));
    const [masked, again, open] = [
      await shop.facs("render", "dev", "filtered"),
      await shop.facs("render", "dev", "filtered"),
      await shop.facs("render", "dev", "filtered", "--reveal"),
    ];
    await fs.rm(path.join(shop.root, file));
    const value = String(await shop.value("dev", "passwd/storefront"));
    const [shown, real] = [masked, open].map(({ stdout }) => stdout.trimEnd().split("\n"));
    expect(real?.slice(0, 2)).toEqual([value.toUpperCase(), value.slice(0, 12)]);
    expect(real?.[3]).toBe([...value].reverse().join(""));
    expect(shown).toHaveLength(filters.length);
    expect(shown?.filter((line, index) => line === real?.[index] || line.includes(value.slice(0, 12)))).toEqual([]);
    expect(again.stdout).toBe(masked.stdout);
  });

  it("says where a group with each is wrong", async () => {
    const definition = await shop.read("define/facsimile.json5");
    const problems = async (group: string, files: Readonly<Record<string, string>> = {}) => {
      await shop.put(
        "define/facsimile.json5",
        definition.replace('{ type: "tmpl", dir: "each", each: "worker" }', group),
      );
      for (const [file, text] of Object.entries(files)) await shop.put(file, text);
      return (await shop.facs("render", "fleet")).stderr;
    };
    expect(await problems('{ type: "tmpl", dir: "each", each: "wrker" }')).toMatch(
      /define\/facsimile\.json5:5:\d+: error UNKNOWN_MODULE: install\.groups\[0\]: there is no module wrker[\s\S]*Did you mean worker\?/,
    );
    expect(await problems('{ type: "tmpl", dir: "each", each: "storefront" }')).toMatch(
      /define\/facsimile\.json5:5:\d+: error INSTALL_EACH: install\.groups\[0\]: the module storefront has no daemons/,
    );
    expect(await problems('{ type: "tmpl", dir: "tmpl", each: "worker" }')).toContain(
      "`each` needs a folder of its own",
    );
    const files = { "each/_ALL_/_DEPLOY_/etc/same.conf": "", "each/_ALL_/on-demand": "" };
    expect(await problems('{ type: "tmpl", dir: "each", each: "worker" }', files)).toMatch(
      /define\/facsimile\.json5:5:\d+: error INSTALL_EACH: install\.groups\[0\]: each\/_ALL_\/_DEPLOY_\/etc\/same\.conf would be[\s\S]*_DEPLOY_\/etc\/_EACH_\.same\.conf/,
    );
    expect(await problems('{ type: "tmpl", dir: "../each" }')).toMatch(
      /define\/facsimile\.json5:5:\d+: error INSTALL_OUTSIDE: install\.groups: "\.\.\/each" is no folder beside tmpl\//,
    );
    await problems('{ type: "tmpl", dir: "each", each: "worker" }');
    await fs.rm(path.join(shop.root, "each/_ALL_/_DEPLOY_/etc/same.conf"));
    await shop.put("tmpl/shop/_ALL_/_DEPLOY_/etc/workerd.0.conf", "");
    expect((await shop.facs("render", "fleet", "--out", "x")).stderr).toContain(
      "etc/workerd.0.conf comes from tmpl/ and from install.groups[0]",
    );
  });
});

/** It may be done already: machines differ. */
function killIfRunning(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    expect(error).toMatchObject({ code: "ESRCH" });
  }
}
