import fs from "node:fs/promises";
import path from "node:path";
import { git, gitCommit } from "@facsimile/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type FleetWorld, fleetWorld, HOSTS } from "./world.ts";

const FILE = "state/staging.json";

describe("hosts remember which state was deployed to them", () => {
  let shop: FleetWorld;
  beforeAll(async () => {
    shop = await fleetWorld();
  });
  afterAll(() => shop.remove());

  const held = (host: string) => path.join(shop.hostHome(host), "shop/.facsimile/.state.staging");
  const serials = () =>
    Promise.all(HOSTS.map(async (host) => JSON.parse(await fs.readFile(held(host), "utf8")).serial));
  /** As in a fresh clone of somebody who has seen nothing. */
  const forget = () => fs.rm(path.join(shop.home, ".config/facsimile/memory.json"), { force: true });

  it("from its first deploy on; facs status --json tells it", async () => {
    expect(await shop.facs("deploy", "staging", "--yes")).toMatchObject({ code: 0 });
    const { id, seal } = JSON.parse(await fs.readFile(path.join(shop.root, FILE), "utf8"));
    expect(await serials()).toEqual(HOSTS.map(() => seal.serial));
    expect((await fs.stat(held("web1.eu"))).mode & 0o777).toBe(0o600);
    const { hosts } = JSON.parse((await shop.facs("status", "staging", "--json")).stdout);
    for (const { states } of hosts) expect(states).toMatchObject([{ scope: "staging", id, serial: seal.serial }]);
  });

  it("and refuse an older one, all at once, before anything is written; a plan warns", async () => {
    const old = await fs.readFile(path.join(shop.root, FILE));
    expect(await shop.facs("secrets", "rotate", "staging", "passwd/storefront", "--yes")).toMatchObject({ code: 0 });
    await gitCommit(shop.root);
    expect(await shop.facs("deploy", "staging", "--yes")).toMatchObject({ code: 0 });
    const now = await serials();
    const behind = HOSTS.filter((_, i) => now[i] === Math.max(...now));
    await fs.writeFile(path.join(shop.root, FILE), old);
    await gitCommit(shop.root);
    await forget();
    const head = await git(shop.root, "rev-parse", "HEAD");
    const told = `${FILE} is of serial ${Math.max(...now) - 1}, but serial ${Math.max(...now)} was deployed to ${behind.join(", ")}`;
    const planned = await shop.facs("plan", "staging");
    expect(planned.stderr).toContain(told);
    expect(planned.stdout).toContain(`A deploy would be refused: ${told}`);
    expect(planned.stdout).not.toContain("Run: ");
    const { code, stderr } = await shop.facs("deploy", "staging", "--yes", "ledger@1.1.0");
    expect(stderr).toContain("STATE_ROLLED_BACK");
    expect(stderr).toContain(told);
    expect(stderr).toContain("If it is meant: facs deploy staging ledger@1.1.0 --accept-rollback\n");
    expect(code).toBe(5);
    const back = await shop.facs("rollback", "staging", "storefront", "--regions", "eu", "--yes");
    expect(back.stderr).toContain("STATE_ROLLED_BACK");
    expect(back.stderr).toContain(`serial ${Math.max(...now)} was deployed to web1.eu, web2.eu\n`);
    expect(back.stderr).toContain("If it is meant: facs rollback staging storefront --regions eu --accept-rollback\n");
    expect(back.code).toBe(5);
    // It got as far as to look for the release.
    const meant = await shop.facs("rollback", "staging", "0000000", "--yes", "--accept-rollback");
    expect(meant.stderr).toContain(told);
    expect(meant.stderr).not.toContain("If it is meant");
    expect(meant).toMatchObject({ code: 64, stderr: expect.stringContaining("UNKNOWN_RELEASE") });
    expect(await git(shop.root, "rev-parse", "HEAD")).toBe(head);
    expect(await git(shop.root, "status", "--porcelain")).toBe("");
    expect(await serials()).toEqual(now);
  });

  it("and one whose file is another's, or gone", async () => {
    const record = await fs.readFile(held("web2.us"), "utf8");
    for (const host of HOSTS) await fs.rm(held(host));
    await fs.writeFile(held("web2.us"), record.replace(/"id":"[0-9a-f]{32}"/, `"id":"${"0".repeat(32)}"`));
    await forget();
    const other = await shop.facs("deploy", "staging", "--yes");
    expect(other.stderr).toContain(`another file than the one that was deployed to web2.us: its id differs`);
    expect(other.code).toBe(5);
    const bytes = await fs.readFile(path.join(shop.root, FILE));
    await fs.rm(path.join(shop.root, FILE));
    await gitCommit(shop.root);
    await forget();
    const gone = await shop.facs("deploy", "staging", "--yes");
    expect(gone.stderr).toContain("STATE_MISSING");
    expect(gone.code).toBe(5);
    expect(await fs.readdir(path.join(shop.root, "state"))).not.toContain("staging.json");
    await fs.writeFile(path.join(shop.root, FILE), bytes);
    await gitCommit(shop.root);
  });

  it("until somebody accepts it; then they remember that one", async () => {
    await forget();
    expect(await shop.facs("deploy", "staging", "--yes", "--accept-rollback")).toMatchObject({ code: 0 });
    const { id, serial } = JSON.parse(await fs.readFile(held("web2.us"), "utf8"));
    expect(JSON.parse(await fs.readFile(path.join(shop.root, FILE), "utf8"))).toMatchObject({ id, seal: { serial } });
    expect(await shop.facs("deploy", "staging", "--yes")).toMatchObject({ code: 0 });
  });
});
