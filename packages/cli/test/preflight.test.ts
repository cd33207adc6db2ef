import fs from "node:fs/promises";
import path from "node:path";
import { git, gitCommit } from "@facsimile/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type FleetWorld, fleetWorld, HOSTS, type World, world } from "./world.ts";

describe("before a deploy begins, on a fleet", () => {
  let shop: FleetWorld;
  beforeAll(async () => {
    shop = await fleetWorld();
  });
  afterAll(() => shop.remove());

  const homeOf = (host: string) => path.join(shop.hostHome(host), "shop");

  it("all that stands against it is told, of all hosts at once, and nothing is written anywhere", async () => {
    await fs.mkdir(path.join(homeOf("web1.eu"), "storefront"), { recursive: true });
    await fs.writeFile(path.join(homeOf("web1.eu"), "storefront/precious"), "");
    await fs.mkdir(path.join(homeOf("db1.us"), "ledger"), { recursive: true });
    await fs.writeFile(path.join(homeOf("db1.us"), "ledger/precious"), "");
    await fs.symlink("/tmp", homeOf("web2.us"));
    await shop.edit("define/staging.json5", "deploy: {", `deploy: {\n    protect: ["${homeOf("db1.eu")}/ledger"],`);
    const head = await git(shop.root, "rev-parse", "HEAD");
    const plan = await shop.facs("plan", "staging");
    const { code, stdout } = await shop.facs("deploy", "staging", "--yes");
    for (const text of [plan.stdout, stdout]) {
      expect(text).toMatch(/web1\.eu: \S+\/shop\/storefront holds files that facsimile did not put there/);
      expect(text).toMatch(/db1\.us: \S+\/shop\/ledger holds files that facsimile did not put there/);
      expect(text).toMatch(/web2\.us: \S+\/shop is a symbolic link/);
      expect(text).toMatch(/db1\.eu: \S+\/shop holds \S+\/shop\/ledger, which deploy\.protect keeps from deploys/);
      expect(text).toMatch(/or, to replace what lies there: facs deploy staging.* --adopt\n/);
    }
    expect(plan.stdout).toContain("4 hosts cannot have their copies: a deploy would stop before it begins.");
    expect(stdout).toMatch(/^staging: nothing switched\. 2 of 6 hosts were ready, 4 failed/);
    expect(code).toBe(1);
    expect(await git(shop.root, "rev-parse", "HEAD")).toBe(head);
    expect(await git(shop.root, "status", "--porcelain")).toBe("");
    for (const host of HOSTS.filter((name) => name !== "web2.us"))
      expect(await fs.readdir(homeOf(host)).catch(() => [])).not.toContain(".facsimile");
  });

  it("a release that lacks most of the files that run is refused, until --allow-deletes says that it is meant", async () => {
    for (const host of HOSTS) await fs.rm(homeOf(host), { recursive: true, force: true });
    await shop.edit("define/staging.json5", `\n    protect: ["${homeOf("db1.eu")}/ledger"],`, "");
    const extra = path.join(shop.root, "extra/storefront/_ALL_/_DEPLOY_/share/many");
    await fs.mkdir(extra, { recursive: true });
    for (let i = 0; i < 40; i++) await fs.writeFile(path.join(extra, `file${i}`), String(i));
    await gitCommit(shop.root);
    expect(await shop.facs("deploy", "staging", "--yes")).toMatchObject({ code: 0 });
    await fs.rm(extra, { recursive: true });
    await gitCommit(shop.root);
    expect((await shop.facs("plan", "staging")).stdout).toMatch(
      /web1\.eu.*: storefront would lose 40 of its \d+ files/,
    );
    const refused = await shop.facs("deploy", "staging", "--yes");
    expect(refused.stdout).toMatch(/web2\.us.*: storefront would lose 40 of its \d+ files/);
    expect(refused.stdout).toMatch(/or, to let those files go: facs deploy staging --resume \S+ --allow-deletes\n/);
    expect(refused.code).toBe(1);
    expect(await shop.facs("deploy", "staging", "--yes", "--allow-deletes")).toMatchObject({ code: 0 });
  });
});

describe("before a deploy begins, on this machine", () => {
  let shop: World;
  beforeAll(async () => {
    const bin = await fs.mkdtemp("/tmp/facs-df-");
    const full =
      "#!/bin/sh\necho 'Filesystem 1024-blocks Used Available Capacity Mounted on'\necho 'a b 100 99 1 99% /mnt/c d'\n";
    await fs.writeFile(path.join(bin, "df"), full, { mode: 0o755 });
    // Where stat can tell of a file system, nobody asks df.
    const less = '#!/bin/sh\ncase $1 in -f*) exit 1 ;; esac\nexec /usr/bin/stat "$@"\n';
    await fs.writeFile(path.join(bin, "stat"), less, { mode: 0o755 });
    shop = await world({ PATH: `${bin}:${process.env["PATH"]}` });
  });
  afterAll(async () => {
    await fs.rm(shop.env["PATH"]?.split(":")[0] ?? "", { recursive: true });
    await shop.remove();
  });

  it("a full disk is told, and nothing is sealed", async () => {
    const { code, stdout } = await shop.facs("deploy", "dev");
    expect(stdout).toMatch(/local: 1\.0 kB are free for .*, \d+\.\d kB are needed/);
    expect(code).toBe(1);
    expect(await git(shop.root, "status", "--porcelain")).toBe("");
    expect(await fs.readdir(shop.home)).not.toContain("shop-dev");
  });
});
