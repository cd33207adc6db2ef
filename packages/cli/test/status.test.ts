import fs from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type SecretWorld, secretWorld } from "./secret-world.ts";
import { type FleetWorld, fleetWorld } from "./world.ts";

const WHEN = /\d{4}-\d\d-\d\d \d\d:\d\d UTC/g;

describe("facs status and history", () => {
  let shop: FleetWorld;
  beforeAll(async () => {
    shop = await fleetWorld();
  });
  afterAll(() => shop.remove());

  const status = async (...args: string[]) => {
    const { code, stdout } = await shop.facs("status", "staging", ...args);
    return { code, stdout: stdout.replaceAll(WHEN, "WHEN").replaceAll(/\([0-9a-f]{7}\)/g, "(ID)") }; // biome-ignore format: one line
  };

  it("say that nothing is there before the first deploy, and write nothing", async () => {
    expect((await status()).stdout).toContain("! eu/db1.eu\n    ledger: nothing of it is deployed here\n");
    expect((await shop.facs("history", "staging")).stdout).toBe("nothing was deployed yet\n");
    expect(await fs.readdir(shop.hostHome("db1.eu"))).not.toContain("shop");
  });

  it("tell what runs, since when and by whom, with hosts alike in one line", async () => {
    expect((await shop.facs("deploy", "staging", "--yes")).code).toBe(0);
    const { code, stdout } = await status();
    expect([code, stdout]).toEqual([
      0,
      `✓ eu/web1.eu web2.eu
    storefront 1.0.0 (ID), since WHEN by Robin
    ledger 1.0.0 (ID), since WHEN by Robin
✓ eu/db1.eu
    ledger 1.0.0 (ID), since WHEN by Robin
✓ us/web1.us web2.us db1.us
    storefront 1.0.0 (ID), since WHEN by Robin
    ledger 1.0.0 (ID), since WHEN by Robin
`,
    ]);
  });

  it("tell a file that moved, a host that does not answer and one that is declared down", async () => {
    const file = path.join(shop.hostHome("web2.eu"), "shop/storefront/current/share/stock.json");
    await fs.utimes(file, new Date(0), new Date(0));
    await shop.fleet.stop("web2.us");
    await shop.edit("define/staging.json5", '"web1.us": {', '"web1.us": { down: "moving house",');
    const { code, stdout } = await status();
    expect(code).toBe(1);
    expect(stdout).toContain("! eu/web2.eu\n    storefront 1.0.0 (ID), since WHEN by Robin; 1 path moved since\n");
    expect(stdout).toMatch(/✗ us\/web2\.us\n {4}web2\.us .*cannot be reached/);
    expect(stdout).toContain("! us/web1.us\n    not asked: moving house\n");
    expect(stdout).toContain("What moved is told by: facs verify staging\n");
    const json = JSON.parse((await shop.facs("status", "staging", "--json")).stdout);
    expect(json).toMatchObject({ schema: "status/1", instance: "staging" });
    expect(json.hosts.find(({ host }: { host: string }) => host === "web2.eu").projects).toMatchObject([
      { project: "storefront", snapshot: "moved", moved: ["share/stock.json"] },
      { project: "ledger", snapshot: "same", moved: [] },
    ]);
    await shop.fleet.start("web2.us");
  });

  it("tell what was switched and never confirmed, by its record, and no time of an earlier run", async () => {
    const history = path.join(shop.hostHome("db1.eu"), "shop/.facsimile/ledger/history.jsonl");
    const confirmed = await fs.readFile(history, "utf8");
    await fs.writeFile(history, ""); // As a run leaves it that was killed between its first switch and its end.
    const { stdout } = await status("ledger");
    expect(stdout).toContain("! eu/db1.eu\n    ledger 1.0.0 (ID), switched and never confirmed\n");
    expect(stdout).toContain("Type it again, or what the definitions say: facs deploy staging\n");
    const other = confirmed.replace(/"dir":"[^"]+"/, `"dir":"${"0".repeat(64)}"`);
    await fs.writeFile(history, other + confirmed + other);
    expect((await status("ledger")).stdout).toContain(
      "! eu/db1.eu\n    ledger 1.0.0 (ID), switched and never confirmed\n",
    );
    await fs.writeFile(history, confirmed);
  });

  it("tell every release that was confirmed, the newest first, on how many hosts", async () => {
    const deployed = await shop.facs("deploy", "staging", "--yes", "ledger@1.1.0");
    expect(deployed.code, deployed.stderr + deployed.stdout).toBe(0);
    const { code, stdout } = await shop.facs("history", "staging");
    expect(code).toBe(0);
    const rows = stdout
      .replaceAll(WHEN, "WHEN")
      .split("\n")
      .map((line) => line.split(/ {2,}/));
    expect(rows.map(([at, , action, project, version]) => [at, action, project, version])).toEqual([
      ["WHEN", "deploy", "ledger", "1.1.0"],
      ["WHEN", "deploy", "storefront", "1.0.0"],
      ["WHEN", "deploy", "ledger", "1.0.0"],
      ["! web1.us was not asked: moving house", undefined, undefined, undefined],
      ["", undefined, undefined, undefined],
    ]);
    expect(stdout).toMatch(/storefront {2}1\.0\.0 .* {2}4 hosts\n/);
    expect(stdout).toMatch(/1\.1\.0 .* {2}5 hosts\n/);
  });

  it("tell the same as data, as docs/formats/runs-1.md says: these keys, and no other", async () => {
    const marker = path.join(shop.hostHome("db1.us"), "shop/.facsimile/ledger/marker");
    const ours = await fs.readFile(marker, "utf8");
    await fs.writeFile(marker, ours.replace("staging", "other"));
    await shop.fleet.stop("web2.us");
    const { code, stdout } = await shop.facs("history", "staging", "--json");
    await shop.fleet.start("web2.us");
    await fs.writeFile(marker, ours);
    expect(code).toBe(1);
    const document = JSON.parse(stdout);
    expect(document).toMatchObject({
      ...{ schema: "runs/1", instance: "staging" },
      runs: [
        { action: "deploy", project: "ledger", version: "1.1.0", hosts: ["web1.eu", "web2.eu", "db1.eu", "db1.us"] },
        { action: "deploy", project: "storefront", version: "1.0.0", hosts: ["web1.eu", "web2.eu", "db1.us"] },
        { action: "deploy", project: "ledger", version: "1.0.0", hosts: ["web1.eu", "web2.eu", "db1.eu", "db1.us"] },
      ],
      taken: [{ host: "db1.us", project: "ledger", owner: { instance: "other", project: "ledger" } }],
      unasked: [
        { host: "web2.us", region: "us", problem: { code: "HOST_UNREACHABLE" } },
        { host: "web1.us", region: "us", down: "moving house" },
      ],
      people: [{ userId: "Robin <robin@example.org>" }],
    });
    const { runs, people } = document as { runs: { at: string; by: string; run: string }[]; people: { fingerprint: string }[] }; // biome-ignore format: one line
    expect(runs[1]?.run).toBe(runs[2]?.run);
    for (const { at, by } of runs) expect([new Date(at).toISOString(), by]).toEqual([at, people[0]?.fingerprint]);
    const page = await fs.readFile(new URL("../../../docs/formats/runs-1.md", import.meta.url), "utf8");
    const told = [...page.matchAll(/^\| (`.*?) \|/gm)].flatMap(([, keys = ""]) => keys.replaceAll("`", "").split(", "));
    const found = new Set(keysOf(document));
    expect([...found].filter((key) => !told.includes(key))).toEqual([]);
    expect(told.filter((key) => !found.has(key))).toEqual([]);
    const [, example = ""] = /```json\n(.*?)```/s.exec(page) ?? [];
    expect(keysOf(JSON.parse(example)).filter((key) => !found.has(key))).toEqual([]);
  });
});

describe("facs status, on this machine", () => {
  let shop: SecretWorld;
  beforeAll(async () => {
    shop = await secretWorld();
  });
  afterAll(() => shop.remove());

  it("needs no ssh", async () => {
    await shop.facs("deploy", "dev");
    expect((await shop.facs("status", "dev")).stdout).toMatch(/^✓ local\n {4}shop 1 \([0-9a-f]{7}\), since .* by /);
    expect((await shop.facs("status", "dve")).code).toBe(64);
  });

  it("tells who is at work there, in words that steer no terminal, as facs doctor does", async () => {
    const locks = path.join(shop.home, "shop-dev/.facsimile/lock");
    await fs.mkdir(locks, { recursive: true });
    const lock = { facsimile: "lock/1", owner: "Robin\u001b[2J", run: "r\u202e", reason: "deploy", since: 1 };
    await fs.writeFile(path.join(locks, "token.9999999999"), JSON.stringify(lock));
    const told = String.raw`locked by Robin\u001b[2J, run r\u202e`;
    expect((await shop.facs("status", "dev")).stdout).toContain(`\n    ! ${told}\n`);
    expect((await shop.facs("doctor", "dev")).stdout).toContain(`! local   ${told}\n`);
    expect(JSON.parse((await shop.facs("status", "dev", "--json")).stdout).hosts[0].lock).toMatchObject({
      owner: "Robin\u001b[2J",
      run: "r\u202e",
    });
  });
});

/** `runs[].by`: the way to everything in a document; of a problem only where it is. */
function keysOf(value: unknown, at = ""): string[] {
  if (typeof value !== "object" || value === null || at.endsWith("problem")) return [at];
  if (Array.isArray(value)) return value.some((item) => typeof item === "object") ? value.flatMap((item) => keysOf(item, `${at}[]`)) : [at]; // biome-ignore format: one line
  return Object.entries(value).flatMap(([key, inner]) => keysOf(inner, at === "" ? key : `${at}.${key}`));
}
