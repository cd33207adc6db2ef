import fs from "node:fs/promises";
import path from "node:path";
import { gnupgHome } from "@facsimile/testing";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type StateWorld, set, stateWorld } from "./state-world.ts";

// Somebody whose key is in GnuPG, and nowhere else.

let shop: StateWorld;
let gnupg: Awaited<ReturnType<typeof gnupgHome>>;
beforeAll(async () => {
  shop = await stateWorld();
  gnupg = await gnupgHome({});
  await gnupg.gpg("--import", path.join(shop.env["FACS_CONFIG_DIR"] ?? "", "key.asc"));
  await shop.make({ passwords: ["a"] });
  await shop.git("checkout", "--quiet", "-b", "side");
  await shop.change(set("x", "THEIRS"));
  await shop.git("checkout", "--quiet", "main");
  await shop.change(set("y", "OURS"));
  await fs.rm(path.join(shop.env["FACS_CONFIG_DIR"] ?? "", "key.asc"));
  shop.env["GNUPGHOME"] = gnupg.dir;
});
afterAll(async () => {
  await gnupg.stop();
  await shop.remove();
});

it("looks at a state with it", async () => {
  const { code, stdout, stderr } = await shop.facs("state", "show", "dev");
  expect([code, stderr]).toEqual([0, ""]);
  expect(stdout).toMatch(/ {4}y {9}given {2}2026-01-02 03:04 UTC\n/);
});

it("seals a merge with it", async () => {
  await shop.git("merge", "--no-edit", "side");
  const { code, stdout, stderr } = await shop.facs("state", "seal", "dev");
  expect([code, stderr.includes("NO_KEY")]).toEqual([0, false]);
  expect(stdout).toContain("state/dev.json: sealed, serial 3\n");
  expect((await shop.facs("secrets", "get", "dev", "x")).stdout).toBe("THEIRS");
});
