import { execFile } from "node:child_process";
import fs from "node:fs/promises";
import module from "node:module";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it, onTestFinished } from "vitest";

const FACS = fileURLToPath(new URL("../bin/facs.mjs", import.meta.url));
/** Node 22.8 and newer. */
const KEEPS = "enableCompileCache" in module;

describe("what Node compiled of facs", () => {
  it("is kept in the user's own cache, where there is one and Node can keep it", async () => {
    const home = await homeOf();
    await version({ HOME: home });
    expect(await fs.readdir(home)).toEqual([]);
    await fs.mkdir(path.join(home, ".cache"));
    await version({ HOME: home });
    const kept = path.join(home, ".cache/facsimile/compiled");
    expect(await holds(kept)).toBe(KEEPS);
    if (KEEPS) expect((await fs.stat(kept)).mode & 0o777).toBe(0o700);
  });

  it("is not looked for where others can write", async () => {
    const home = await homeOf();
    const open = path.join(home, "facsimile/compiled");
    await fs.mkdir(open, { recursive: true });
    await fs.chmod(open, 0o777);
    await version({ HOME: home, XDG_CACHE_HOME: home });
    expect(await holds(open)).toBe(false);
  });

  it("is not missed where it cannot be kept", async () => {
    const home = await homeOf();
    await fs.writeFile(path.join(home, ".cache"), "a file");
    expect(await version({ HOME: home })).toMatch(/^\d+\.\d+\.\d+/);
  });
});

async function homeOf(): Promise<string> {
  const dir = await fs.mkdtemp(path.join(os.tmpdir(), "facs-compiled-"));
  onTestFinished(() => fs.rm(dir, { recursive: true }));
  return dir;
}

async function version(env: Record<string, string>): Promise<string> {
  const path = process.env["PATH"] ?? "";
  return (await promisify(execFile)(process.execPath, [FACS, "--version"], { env: { PATH: path, ...env } })).stdout;
}

async function holds(folder: string): Promise<boolean> {
  return (await fs.readdir(folder).catch(() => [])).length > 0;
}
