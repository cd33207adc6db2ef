import { execFile, spawn } from "node:child_process";
import fs from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type SecretWorld, secretWorld } from "./secret-world.ts";

const FACS = path.join(import.meta.dirname, "../bin/facs.mjs");

let shop: SecretWorld;
beforeAll(async () => {
  shop = await secretWorld();
  await shop.facsWith({ input: "hunter2-of-the-database" }, "secrets", "set", "dev", "db/root");
});
afterAll(() => shop.remove());

it("a full output is told, and the work is done", async () => {
  const full = await fs.open("/dev/full", "w");
  const child = spawn(process.execPath, [FACS, "secrets", "generate", "dev"], { cwd: shop.root, env: shop.env, stdio: ["ignore", full.fd, "pipe"] }); // biome-ignore format: one line
  let stderr = "";
  child.stderr?.on("data", (chunk) => (stderr += chunk));
  const code = await new Promise((resolve) => child.on("close", resolve));
  await full.close();
  expect([code, stderr]).toEqual([
    1,
    expect.stringMatching(/^error SYSTEM: the output could not be written: ENOSPC.*\n$/),
  ]);
  expect(await shop.value("dev", "passwd/storefront")).toMatch(/^[0-9a-f-]{36}$/);
});

it("an output that nobody reads any more is no failure", async () => {
  const code = await new Promise((resolve) => {
    execFile("sh", ["-c", '"$0" "$1" secrets list dev | true', process.execPath, FACS], { cwd: shop.root, env: shop.env }, (error) => resolve(error?.code ?? 0)); // biome-ignore format: one call
  });
  expect(code).toBe(0);
});

it("a secret as long as a state takes keeps every message whole, and out of it", async () => {
  const long = Buffer.alloc(600_000, "0123456789abcdefghij").toString("base64").slice(0, 800_000);
  expect((await shop.facsWith({ input: long }, "secrets", "set", "dev", "tls/bundle")).code).toBe(0);
  const { code, stdout, stderr } = await shop.facs("secrets", "get", "dev", "tls/bundel");
  expect([code, stdout, stderr]).toEqual([
    1,
    "",
    expect.stringMatching(/^error NOT_SET: .*\n {2}Did you mean tls\/bundle\?/),
  ]);
  expect((await shop.facs("secrets", "list", "dev")).stdout).toContain("tls/bundle");
  expect((await shop.facs("secrets", "unset", "dev", "tls/bundle")).code).toBe(0);
});

it("an empty HOME is none: no key lands in the current folder", async () => {
  const folder = await fs.mkdtemp(path.join(shop.dir, "empty-"));
  const env = { ...shop.env, HOME: "", FACS_CONFIG_DIR: undefined, XDG_CONFIG_HOME: undefined };
  const { stdout } = await new Promise<{ stdout: string }>((resolve) =>
    execFile(process.execPath, [FACS, "doctor"], { cwd: folder, env }, (_, stdout) => resolve({ stdout })),
  );
  expect(stdout).toContain("✓ tools");
  expect(stdout).not.toMatch(/ \.config\/facsimile/);
  expect(await fs.readdir(folder)).toEqual([]);
});
