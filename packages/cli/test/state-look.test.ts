import fs from "node:fs/promises";
import path from "node:path";
import { parseValueName } from "@facsimile/state";
import { git } from "@facsimile/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { FILE, type StateWorld, set, setting, stateWorld } from "./state-world.ts";

let shop: StateWorld;
beforeAll(async () => {
  shop = await stateWorld();
  await shop.make({ passwords: ["a"], uiids: ["x.0"] });
  await shop.change(set("db/root", "SECRET-1"), setting("data_dir", "/srv"));
  await shop.git("tag", "start");
});
beforeEach(async () => {
  await git(shop.root, "reset", "--quiet", "--hard", "start");
});
afterAll(() => shop.remove());

const state = (...args: string[]) => shop.facs("state", ...args);
/** Works as somebody without a private key, who trusts the same roots. */
async function keyless<T>(work: () => Promise<T>): Promise<T> {
  const key = path.join(shop.env["FACS_CONFIG_DIR"] ?? "", "key.asc");
  await fs.rename(key, `${key}.away`);
  try {
    return await work();
  } finally {
    await fs.rename(`${key}.away`, key);
  }
}

describe("facs state show", () => {
  it("tells names, dates, settings and people, and no value", async () => {
    const { code, stdout, stderr } = await state("show", "dev");
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout.replace(/[0-9a-f]{32}/, "ID").replace(/\w{4}…\w{4}/g, "KEY").replace(/signed {6}(.*), .*/, "signed      $1")).toBe(`${FILE}: scope dev, serial 2
  id          ID
  signed      Robin <robin@example.org> KEY
  recipients  Robin <robin@example.org> KEY

  2 values
    passwd/a  uuid   2026-01-02 03:04 UTC
    db/root   given  2026-01-02 03:04 UTC

  settings
    data_dir  "/srv"

  uiids
    x.0  1
`); // biome-ignore format: as it is printed
    const { stdout: json } = await state("show", "--scope", "dev", "--json");
    expect(JSON.parse(json)).toMatchObject({ schema: "state-show/1", serial: 2, uiids: { "x.0": 1 }, warnings: [] });
    expect(JSON.parse(json).values).toHaveLength(2);
    expect(json).not.toContain("SECRET");
  });

  it("tells names to somebody who cannot open it, and says why there are no dates", async () => {
    const { code, stdout, stderr } = await keyless(() => state("show", "dev"));
    expect([code, stderr.includes("there is no private key")]).toEqual([0, true]);
    expect(stdout).toMatch(/ {2}2 values\n {4}passwd\/a\n {4}db\/root\n/);
  });

  it("says that there is none, and which it needs", async () => {
    expect(await state("show", "staging")).toMatchObject({ code: 1, stderr: expect.stringContaining("NO_STATE") });
    expect((await state("show")).code).toBe(64);
  });
});

describe("facs state verify", () => {
  it("needs no private key, and exits 5 for what was changed, unsigned or old", async () => {
    await keyless(async () => {
      const good = await state("verify", "dev");
      expect(good.code).toBe(0);
      expect(good.stdout).toMatch(
        /^✓ state\/dev\.json {3}serial 2, signed by Robin <robin@example.org> \w{4}…\w{4}, .* UTC\n$/,
      );
      await fs.writeFile(shop.file, (await shop.text()).replace("/srv", "/tmp"));
      const bad = await state("verify", "--all");
      expect(bad.code).toBe(5);
      expect(bad.stdout).toMatch(
        /^✗ state\/dev\.json {3}BAD_SIGNATURE: .*\n {4}It was changed after it was signed.*\n1 of 1 state must not be used\.\n$/,
      );
      expect(JSON.parse((await state("verify", "dev", "--json")).stdout)).toMatchObject({
        schema: "state-verify/1",
        states: [{ file: FILE, scope: "dev", problem: { code: "BAD_SIGNATURE" } }],
      });
    });
    await git(shop.root, "checkout", "--quiet", "--", ".");
    await shop.confirm();
    await git(shop.root, "checkout", "--quiet", "start~1", "--", FILE);
    expect(await state("verify", "dev")).toMatchObject({
      code: 5,
      stdout: expect.stringMatching(/STATE_ROLLED_BACK.*\n(.*\n)*.*: facs state seal dev --accept-rollback\n/),
    });
    expect((await state("verify", "staging")).code).toBe(5);
    expect((await state("verify", "--all", "dev")).code).toBe(64);
  });

  it("does not take one side of a merge that is open for the whole", async () => {
    await git(shop.root, "checkout", "--quiet", "-b", "side");
    await shop.change(set("x", "1"));
    await git(shop.root, "checkout", "--quiet", "main");
    await shop.change(set("y", "1"));
    await git(shop.root, "config", "--remove-section", "merge.facsimile-state");
    await shop.git("merge", "side");
    await git(shop.root, "checkout", "--ours", "--", FILE);
    const { code, stdout, stderr } = await state("verify", "dev");
    expect([code, stderr]).toEqual([5, expect.stringContaining("Run: facs init")]);
    expect(stdout).toContain("is one side of a merge that git has not ended");
    await git(shop.root, "merge", "--abort");
    expect((await shop.facs("init")).stdout).toContain("git      merges state/*.json entry by entry in this clone");
  });
});

describe("facs state history", () => {
  it("names what each commit changed, and marks what does not verify or is brought back", async () => {
    await shop.change({ type: "unset", name: parseValueName("db/root") }, set("passwd/a", "SECRET-2"));
    await fs.writeFile(shop.file, (await shop.text()).replace('"uiid": 1', '"uiid": 9'));
    await shop.commit("by hand");
    await git(shop.root, "checkout", "--quiet", "start", "--", FILE);
    await shop.commit("back");
    await fs.rm(shop.file);
    await shop.commit("gone");
    const { code, stdout } = await keyless(() => state("history", "dev"));
    expect(code).toBe(0);
    expect(stdout.replace(/[0-9a-f]{7} {2}\d{4}-\d\d-\d\d/g, "AT").replace(/Robin <robin@example.org> \w{4}…\w{4}/g, "ROBIN").replace(/[0-9A-F]{40}/g, "KEY")).toBe(`✗ AT  the file was removed, committed by Test
✓ AT  serial 2, signed by ROBIN
    ! brought back what an older commit had
    ~ passwd/a
    + db/root
    ~ uiid x.0
✗ AT  committed by Test
    BAD_SIGNATURE: state/dev.json: it is not what its signer signed
    ~ uiid x.0
✓ AT  serial 3, signed by ROBIN
    ~ passwd/a
    - db/root
✓ AT  serial 2, signed by ROBIN
    + db/root
    + setting data_dir
✓ AT  serial 1, signed by ROBIN
    + passwd/a
    + uiid x.0
    + recipient KEY

1 file of 6 does not verify with the signers of today.
`); // biome-ignore format: as it is printed
    expect(stdout).not.toContain("SECRET");
    const { entries } = JSON.parse((await state("history", "dev", "--json")).stdout);
    expect(entries.map(({ serial }: { serial?: number }) => serial ?? 0)).toEqual([0, 2, 0, 3, 2, 1]);
  });
});

describe("facs state set and unset", () => {
  it("sign a setting, and say what to do next", async () => {
    expect(await state("set", "dev", "port", "80")).toEqual({
      code: 0,
      stdout: `${FILE}: serial 2 → 3\n  set      port = 80\n  next     git add ${FILE} && git commit\n`,
      stderr: "",
    });
    expect((await state("set", "dev", "mode", '"80"')).code).toBe(0);
    expect((await shop.open()).settings()).toEqual({ data_dir: "/srv", mode: "80", port: 80 });
    expect((await state("set", "dev", "port", "80")).stdout).toBe(
      `${FILE}: nothing was written, port has this value already\n`,
    );
    expect((await state("unset", "dev", "port")).stdout).toContain("  removed  port\n");
    expect(await state("unset", "dev", "port")).toMatchObject({ code: 1, stderr: expect.stringContaining("NOT_SET") });
  });

  it("keep what only looks like a number as it was typed", async () => {
    for (const value of ["1.10", "12345678901234567890", "1e3", "-0"])
      expect((await state("set", "dev", "version", "--", value)).code).toBe(0);
    expect((await shop.open()).setting("version")).toBe("-0");
    await state("set", "dev", "version", "1.10");
    await state("set", "dev", "ratio", "--", "-1.5");
    expect((await shop.open()).settings()).toMatchObject({ version: "1.10", ratio: -1.5 });
  });

  it("ask where an instance that shares the state is protected", async () => {
    await shop.edit("define/dev.json5", "home:", "protected: true,\n  home:");
    const before = await shop.text();
    const asked = await state("set", "dev.dev0", "port", "80");
    expect(asked).toMatchObject({ code: 1, stderr: expect.stringMatching(/dev.* protected\. Set port\?/) });
    expect((await state("unset", "dev", "data_dir")).code).toBe(1);
    expect(await shop.text()).toBe(before);
    expect((await state("set", "dev.dev0", "port", "80", "--yes")).code).toBe(0);
  });

  it("take no secret, and no name that is none", async () => {
    const before = await shop.text();
    const refused = await state("set", "dev", "db_password", "HIDDEN");
    expect(refused).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/SETTING_SECRET.*\n.*facs secrets set dev db_password/),
    });
    expect(refused.stderr).not.toContain("HIDDEN");
    expect((await state("set", "dev", "a b", "1")).code).toBe(64);
    expect(await shop.text()).toBe(before);
  });
});

describe("facs state purge", () => {
  it("lists uiids that nobody names, asks, and gives them free", async () => {
    const asked = await state("purge", "dev");
    expect(asked).toMatchObject({
      code: 1,
      stdout: "",
      stderr: expect.stringContaining(`${FILE}: named by no definition any more\n  x.0  1\n`),
    });
    expect(asked.stderr).toContain("facs state purge dev --yes");
    const { code, stdout } = await state("purge", "dev", "--yes");
    expect([code, stdout]).toEqual([0, expect.stringContaining("serial 2 → 3\n  free     x.0 (1)\n")]);
    expect((await shop.open()).daemons()).toEqual([]);
    expect((await state("purge", "dev")).stdout).toBe(`${FILE}: nothing was written, every uiid is in use\n`);
  });

  it("keeps what a definition of any sharer names", async () => {
    const wanted = (await shop.facs("deploy", "dev", "--json")).stdout;
    const { uiids } = JSON.parse(wanted).recorded.state;
    const [used = ""] = Object.keys(uiids);
    expect(used).not.toBe("");
    const refused = await state("purge", "dev", used, "--yes");
    expect(refused).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("error UIID_IN_USE: the definition of dev"),
    });
    expect((await state("purge", "dev", "nobody.0", "--yes")).stderr).toContain("error NOT_SET");
    expect((await state("purge", "dev", "--yes")).stdout).toContain("  free     x.0 (1)\n");
    expect((await shop.open()).daemons()).toEqual(Object.keys(uiids));
    await fs.writeFile(path.join(shop.root, "define/staging.json5"), "{");
    const unsure = await state("purge", "dev", "--yes");
    expect(unsure).toMatchObject({ code: 1, stderr: expect.stringContaining("staging cannot be read") });
  });
});
