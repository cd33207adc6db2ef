import fs from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type FleetWorld, fleetWorld, HOSTS } from "./world.ts";

describe("a plan for six hosts that run something", () => {
  let shop: FleetWorld;
  /** Every `plan/1` of these tests. */
  const documents: unknown[] = [];
  const page = () => fs.readFile(new URL("../../../docs/formats/plan-1.md", import.meta.url), "utf8");
  beforeAll(async () => {
    shop = await fleetWorld();
    documents.push(JSON.parse((await shop.facs("plan", "staging", "--json")).stdout));
    const first = await shop.facs("deploy", "staging", "--yes");
    if (first.code !== 0) throw new Error(first.stderr + first.stdout);
    await shop.edit("define/staging.json5", "hello from staging", "summer sale");
    await shop.edit("define/facsimile.json5", 'currency: "USD"', 'currency: "CAD"');
    await shop.edit("define/storefront.json5", "port: 8077", "port: 8078");
  });
  afterAll(() => shop.remove());

  const plan = async (...words: string[]) => (await shop.facs("plan", "staging", ...words)).stdout;
  const inStorefront = (host: string, name: string) => path.join(shop.hostHome(host), "shop/storefront/current", name);

  const passwordOn = async (host: string) => {
    const text = await fs.readFile(inStorefront(host, "etc/storefront.ini"), "utf8");
    return /password = ([0-9a-f-]{36})\n/.exec(text)?.[1] ?? "";
  };

  it("says which values are others than those of the release that runs, where they are set, and who sees them", async () => {
    expect(await plan()).toMatch(
      new RegExp(
        [
          "  values",
          ' {4}storefront, ledger {2}banner +"hello from staging" → "summer sale" {2}define/staging.json5:9:11',
          " {4}storefront {10}storefront.port +8077 → 8078 +define/storefront.json5:4:23",
          ' {4}storefront, ledger {2}currency on web1.us, web2.us, db1.us {2}"USD" → "CAD" +define/facsimile.json5:\\d+:\\d+\n\n',
        ].join("\n"),
      ),
    );
  });

  it("has hosts that change alike in one line, and each path once", async () => {
    const text = await plan("--no-diff");
    expect(text).toContain("    eu  frontend           web1.eu web2.eu  +0 ~2 −0    2 files, ");
    expect(text).toContain("    us  frontend           web1.us web2.us  +0 ~3 −0    3 files, ");
    expect(text).toMatch(/ {2}files\n {4}~ etc\/listen\.json .*\n {4}~ etc\/storefront\.ini .*\n {4}~ etc\/ledger\.ini +ledger .* web1\.us, web2\.us, db1\.us\n\n/); // biome-ignore format: one line
    expect(text).not.toContain("@@");
  });

  it("counts the hosts that would run each command: those whose tree is switched", async () => {
    expect(await plan("--no-diff")).toContain(
      "  after the switch\n    storefront  5 hosts  ./bin/restart\n    ledger      3 hosts  ./bin/ledger --once\n",
    );
  });

  it("ends with the deploy of just that: its projects, hosts and values", async () => {
    expect(
      await plan("--no-diff", "storefront", "--regions", "eu", "--hosts", "web1.eu", "--set", "banner=so so"),
    ).toMatch(
      /\n1 host would change\. Run: facs deploy staging storefront --hosts web1\.eu --regions eu --set 'banner=so so'\n$/,
    );
    const none = await shop.facs("plan", "staging", "storefront", "--hosts", "db1.eu");
    expect(none.stderr).toContain("none of the hosts that were chosen of staging runs storefront: db1.eu");
    const version = await plan("--no-diff", "storefront@1.1.0", "--set", "banner=b1");
    expect(version).toMatch(/5 hosts would change\. Run: facs deploy staging storefront@1\.1\.0 --set banner=b1\n$/);
  });

  it("shows the changed lines of rendered files once for hosts alike, with secrets masked", async () => {
    const text = await plan();
    // Its other lines name each host.
    expect(text).toContain(
      '  ~ etc/listen.json   storefront, 5 hosts alike\n      @@ -2,4 +2,4 @@\n      -  "port": 8077\n      +  "port": 8078\n',
    );
    expect(text).toContain(
      "  ~ etc/storefront.ini   storefront, 2 hosts alike\n      @@ -2,5 +2,5 @@\n       [storefront]\n       region = eu\n" +
        "      -banner = hello from staging\n      +banner = summer sale\n       currency = EUR\n       password = ‹passwd/storefront›\n",
    );
  });

  it("has all of it as data too", async () => {
    const document = JSON.parse(await plan("--json"));
    documents.push(document);
    const { values, files, made, notes } = document;
    expect({ made, notes }).toEqual({ made: [], notes: [] });
    expect(values[0]).toMatchObject({
      projects: ["storefront", "ledger"],
      path: "banner",
      from: "hello from staging",
      to: "summer sale",
      layer: "define/staging.json5",
      position: { file: "define/staging.json5", line: 9, column: 11 },
    });
    const [ini] = files.filter((file: { path: string }) => file.path === "etc/storefront.ini");
    expect(ini).toMatchObject({ project: "storefront", hosts: ["web1.eu", "web2.eu"] });
    expect(ini.texts.before).toMatch(/banner = hello from staging\n[\s\S]*password = ‹passwd\/storefront›\n/);
    expect(JSON.parse(await plan("--json", "--no-diff"))).not.toHaveProperty("files");
  });

  it("writes nothing, anywhere: not in the repository, not in the operator's home, not on any host", async () => {
    const look = () => Promise.all([shop.root, shop.home, ...HOSTS.map(shop.hostHome)].map(traces));
    const before = await look();
    expect(before.flat().length).toBeGreaterThan(300);
    await plan();
    expect(await look()).toEqual(before);
  });

  it("hides the lines of a file in which a filter made something of a secret that nothing would find", async () => {
    const [file, line] = [
      "tmpl/storefront/_ALL_/_DEPLOY_/etc/storefront.ini",
      "password = {{ module.storefront.password }}",
    ];
    const secret = await passwordOn("web1.eu");
    await shop.edit(file, line, `${line}\nstart = {{ module.storefront.password | slice: 0, 8 }}`);
    const text = await plan();
    await shop.edit(file, "\nstart = {{ module.storefront.password | slice: 0, 8 }}", "");
    expect(text).toMatch(/etc\/storefront\.ini {3}storefront, 5 hosts alike\n {6}\(holds secrets/);
    expect(text).not.toContain(secret.slice(0, 8));
  });

  it("masks an older value of a secret that is still known, and hides the lines of a file whose secrets are not", async () => {
    const secret = await passwordOn("web1.eu");
    const rotate = () => shop.facs("secrets", "rotate", "staging", "passwd/storefront", "--yes");
    expect(await rotate()).toMatchObject({ code: 0 });
    const once = await plan();
    expect(once).toContain("-password = ‹passwd/storefront (previous)›");
    expect(once).toContain("+password = ‹passwd/storefront›");
    expect(await rotate()).toMatchObject({ code: 0 });
    const twice = await plan();
    expect(twice).toContain(
      "  ~ etc/storefront.ini   storefront, 5 hosts alike\n      (holds secrets; what they were is not known)\n",
    );
    expect(secret).not.toBe("");
    expect(once + twice + (await plan("--json"))).not.toContain(secret);
  });

  it("shows what a hand edit would lose, but nothing of a file that holds secrets", async () => {
    const [listen, ini] = ["etc/listen.json", "etc/storefront.ini"].map((name) => inStorefront("web2.us", name));
    await fs.appendFile(listen ?? "", "by hand\n");
    await fs.appendFile(ini ?? "", "token = typed-by-hand\n");
    const text = await plan();
    expect(text).toMatch(/us {2}frontend +web2\.us +\+0 ~3 −0/);
    expect(text).toMatch(/ {2}edited by hand\n {4}web2\.us {2}storefront {2}changed {2}etc\/listen\.json /);
    expect(text).toContain("      -by hand\n");
    expect(text).toMatch(/etc\/storefront\.ini {3}storefront, 5 hosts alike\n {6}\(holds secrets/);
    const json = await plan("--json");
    documents.push(JSON.parse(json));
    expect(text + json).not.toContain("typed-by-hand");
  });

  it("says which host was switched and never confirmed, and in which order they would be switched", async () => {
    const history = path.join(shop.hostHome("web1.eu"), "shop/.facsimile/storefront/history.jsonl");
    const confirmed = await fs.readFile(history, "utf8");
    await fs.writeFile(history, "");
    const waves = 'deploy: {\n    policy: "rolling", waves: [{ targets: ["database"] }, { regions: ["eu"] }],';
    await shop.edit("define/staging.json5", "deploy: {", waves);
    await shop.edit("define/storefront.json5", 'postcmd: "./bin/restart"', 'postcmd: { run: "./bin/restart", once: true, irreversible: true }'); // biome-ignore format: one line
    const text = await plan("--no-diff", "storefront");
    expect(text).toMatch(/ {4}eu {2}frontend +web1\.eu +\+0 ~2 −0, never confirmed /);
    expect(text).toMatch(/ {4}eu {2}frontend +web2\.eu +\+0 ~2 −0 /);
    expect(text).toContain("    storefront  once, on db1.us, irreversible  ./bin/restart\n");
    const document = JSON.parse(await plan("--json"));
    documents.push(document);
    expect(document.waves.map(({ hosts }: { hosts: string[] }) => hosts)).toEqual([["db1.eu", "db1.us"], ["web1.eu", "web2.eu"], ["web1.us", "web2.us"]]); // biome-ignore format: one line
    await fs.writeFile(history, confirmed);
    await shop.edit("define/storefront.json5", 'postcmd: { run: "./bin/restart", once: true, irreversible: true }', 'postcmd: "./bin/restart"'); // biome-ignore format: one line
    await shop.edit("define/staging.json5", waves, "deploy: {");
  });

  it("is as data what docs/formats/plan-1.md says: these keys, and no other", async () => {
    await shop.fleet.stop("web1.us");
    await shop.edit("define/staging.json5", '"web2.us": {', '"web2.us": { down: "moving house",');
    await shop.edit("define/staging.json5", "versions: {", "protected: true,\n  versions: {");
    const staging = path.join(shop.root, "define/staging.json5");
    const committed = await fs.readFile(staging, "utf8");
    await fs.appendFile(staging, "// In no commit.\n");
    documents.push(JSON.parse(await plan("--json")));
    await fs.writeFile(staging, committed);
    await shop.edit("define/staging.json5", "protected: true,\n  versions: {", "versions: {");
    await shop.edit("define/staging.json5", '"web2.us": { down: "moving house",', '"web2.us": {');
    await shop.fleet.start("web1.us");
    const text = await page();
    const told = [...text.matchAll(/^\| (`.*?) \|/gm)].flatMap(([, keys = ""]) => keys.split(", ").map((key) => key.replaceAll("`", ""))); // biome-ignore format: one line
    const found = new Set(documents.flatMap((document) => keysOf(document)));
    expect([...found].filter((key) => !key.endsWith(EMPTY) && !told.includes(key))).toEqual([]);
    expect(told.filter((key) => !found.has(key) && !found.has(`${key}${EMPTY}`))).toEqual([]);
    const [, example = ""] = /```json\n(.*?)```/s.exec(text) ?? [];
    expect(keysOf(JSON.parse(example)).filter((key) => !found.has(key))).toEqual([]);
  });

  it("says so where the definitions of then are not at hand", async () => {
    await fs.rename(path.join(shop.root, ".git"), path.join(shop.dir, "git"));
    const text = await plan("--no-diff");
    await fs.rename(path.join(shop.dir, "git"), path.join(shop.root, ".git"));
    expect(text).toMatch(/ {2}values\n {4}! values of storefront 1\.0\.0 are not compared: .*is in no git repository/);
    expect(text).toContain("would change. Run: facs deploy staging");
  });
});

/** What the page describes as one. */
const WHOLE = /(?:position|problem|refused|hooks|uiids|expected|actual|^values\[\]\.(?:from|to))$/;

/** Ends the way to a list of nothing, which does not say of what it is. */
const EMPTY = " (empty)";

/** `hosts[].projects[].tree`: the way to everything in a document. */
function keysOf(value: unknown, at = ""): string[] {
  if (typeof value !== "object" || value === null || WHOLE.test(at)) return [at];
  if (Array.isArray(value) && value.length === 0) return [`${at}${EMPTY}`];
  if (Array.isArray(value)) return value.every((item) => typeof item === "object") ? value.flatMap((item) => keysOf(item, `${at}[]`)) : [at]; // biome-ignore format: one line
  return Object.entries(value).flatMap(([key, inner]) => keysOf(inner, at === "" ? key : `${at}.${key}`));
}

/** Every path below a folder with its size, its mode and when it was last changed; work folders left out. */
async function traces(root: string): Promise<string[]> {
  const entries = await fs.readdir(root, { recursive: true });
  // What servers of the deployed shop write is theirs.
  const kept = entries.filter((name) => !/^(?:SRC|BUILD|RELEASE)(?:\/|$)|\/shared\/var(?:\/|$)/.test(name));
  const lines = kept.map(async (name) => {
    const { size, mode, mtimeMs, ctimeMs } = await fs.lstat(path.join(root, name));
    return `${name} ${size} ${mode} ${mtimeMs} ${ctimeMs}`;
  });
  return (await Promise.all(lines)).sort();
}
