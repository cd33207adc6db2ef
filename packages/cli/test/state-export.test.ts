import { execFileSync } from "node:child_process";
import fs from "node:fs/promises";
import path from "node:path";
import { parseInstance } from "@facsimile/core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { FILE, type StateWorld, set, setting, stateWorld } from "./state-world.ts";
import { filesHolding } from "./world.ts";

let shop: StateWorld;
beforeAll(async () => {
  shop = await stateWorld();
  await shop.make({ passwords: ["a"], uiids: ["x.0"] });
  await shop.change(set("db/root", "SECRET-1"), setting("dir", "/srv"));
});
afterAll(() => shop.remove());

const state = (...args: string[]) => shop.facs("state", ...args);

it("a state goes out as one message that gpg opens, and comes back", async () => {
  const copy = path.join(shop.dir, "copy.asc");
  expect((await state("export", "dev")).code).toBe(64);
  const out = await state("export", "dev", "--to", copy);
  expect(out, out.stderr).toMatchObject({
    code: 0,
    stdout: expect.stringContaining("the state of dev, serial 2, encrypted to 1 recipient\n"),
  });
  expect(await state("export", "dev", "--to", copy)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("EXPORT_EXISTS"),
  });

  const gnupg = await fs.mkdtemp("/tmp/facs-g-");
  const gpg = (...args: string[]) => execFileSync("gpg", ["--batch", "--quiet", "--homedir", gnupg, ...args], { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] }); // biome-ignore format: one line
  try {
    gpg("--import", path.join(shop.env["FACS_CONFIG_DIR"] ?? "", "key.asc"));
    expect(JSON.parse(gpg("--decrypt", copy)).values[1]).toMatchObject({ name: "db/root", value: "SECRET-1" });
  } finally {
    execFileSync("gpgconf", ["--homedir", gnupg, "--kill", "all"]);
    await fs.rm(gnupg, { recursive: true, force: true });
  }

  expect(await state("import", "dev", "--from", copy)).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/STATE_EXISTS.*\n.*--merge/),
  });
  expect((await state("import", "dev", "--from", copy, "--merge")).stdout).toBe(
    `${FILE}: nothing was written, it has all of this\n`,
  );
  await shop.confirm();
  await fs.rm(shop.file);
  const back = await state("import", "dev", "--from", copy);
  expect(back, back.stderr).toMatchObject({
    code: 0,
    stdout: expect.stringContaining(`${FILE}: serial 0 → 3\n  restored all of it\n`),
  });
  const restored = await shop.open();
  expect([restored.secret("db/root", parseInstance("dev"))?.reveal(), restored.uiid("x.0")]).toEqual(["SECRET-1", 1]);
  expect(await filesHolding(shop.dir, ["SECRET-1"])).toEqual([]);
  expect(await filesHolding(shop.temp, ["SECRET-1"])).toEqual([]);
});

it("what is missing is added, and what differs stays", async () => {
  const copy = path.join(shop.dir, "second.asc");
  expect((await state("export", "dev", "--to", copy, "--json")).code).toBe(0);
  await shop.change(set("db/root", "SECRET-2"), setting("dir", undefined));
  const { stdout } = await state("import", "dev", "--from", copy, "--merge");
  expect(stdout).toMatch(
    /serial \d+ → \d+\n {2}added {4}settings\.dir\n {2}kept {5}db\/root, which differs in the export\n/,
  );
  expect((await shop.open()).secret("db/root", parseInstance("dev"))?.reveal()).toBe("SECRET-2");
  expect(await state("import", "dev", "--from", "nowhere.asc")).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(
      /^error FILE_UNREADABLE: .*nowhere\.asc cannot be read: there is no such file\n {2}--from/,
    ),
  });
  expect(await state("import", "dev", "--from", "define/dev.json5")).toMatchObject({
    code: 5,
    stderr: expect.stringMatching(/^error EXPORT_INVALID: dev\.json5 is no export of a state.*\n.*facs state export/),
  });
});
