import { execFile } from "node:child_process";
import fs from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it, onTestFinished } from "vitest";

const FACS = fileURLToPath(new URL("../facs", import.meta.url));

it("is found through links, absolute and relative ones, from any folder", async () => {
  const dir = await fs.mkdtemp(path.join(os.tmpdir(), "facs links "));
  onTestFinished(() => fs.rm(dir, { recursive: true }));
  await fs.mkdir(path.join(dir, "bin"));
  await fs.symlink(FACS, path.join(dir, "absolute"));
  await fs.symlink("../absolute", path.join(dir, "bin/facs"));
  await fs.symlink(path.dirname(FACS), path.join(dir, "clone"));
  const version = async (file: string, ...args: string[]) =>
    (await promisify(execFile)(file, [...args, "--version"], { cwd: dir })).stdout;
  const own = await version(FACS);
  expect(own).toMatch(/^\d+\.\d+\.\d+/);
  expect(await version("./absolute")).toBe(own);
  expect(await version(path.join(dir, "bin/facs"))).toBe(own);
  expect(await version("clone/facs")).toBe(own);
  // Without a slash in its name.
  expect(await version("sh", "absolute")).toBe(own);
});
