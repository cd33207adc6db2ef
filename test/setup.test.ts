import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { ROOT } from "./lib/sources.ts";

const isRoot = process.getuid?.() === 0;

test("a machine without rsync, and nobody to install it, is told the command for its system", () => {
  const path = folderWith({ tools: ["git", "ssh", "ssh-keygen", "gpg"] });
  const { status, stderr } = setupWith(path);
  expect(status).toBe(1);
  expect(stderr).toContain("setup: not installed: rsync 3.1 or newer");
  expect(stderr).toContain("sudo apt-get update && sudo apt-get install -y rsync\n");
  expect(stderr).toContain("sudo dnf install -y rsync\n");
  expect(stderr).toContain("brew install rsync\n");
});

test("root on Debian gets what is missing from apt-get, without a question; anybody else is told", () => {
  const path = folderWith({ tools: ["git", "ssh", "ssh-keygen", "gpg"], scripts: { "apt-get": FAKE_APT } });
  const { status, stdout, stderr } = setupWith(path);
  if (!isRoot)
    return expect({ status, stderr }).toMatchObject({ status: 1, stderr: expect.stringContaining("apt-get") });
  expect(stdout).toContain("setup  installing rsync (apt-get)\n");
  expect(readFileSync(join(path, "apt.log"), "utf8")).toBe(
    "noninteractive update -q\nnoninteractive install -qy --no-install-recommends rsync\n",
  );
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
});

test("an apt-get that fails is quoted, and what to type follows", () => {
  const apt = '#!/bin/sh\necho "E: Unable to fetch some archives" >&2\nexit 100\n';
  const { status, stderr } = setupWith(
    folderWith({ tools: ["git", "ssh", "ssh-keygen", "gpg"], scripts: { "apt-get": apt } }),
  );
  expect(status).toBe(1);
  expect(stderr).toContain("sudo apt-get install -y");
  if (isRoot) expect(stderr).toMatch(/apt-get update -q failed \(exit 100\)\n {2}E: Unable to fetch some archives/);
});

const FAKE_APT = `#!/bin/sh
here=$(dirname "$0")
echo "$DEBIAN_FRONTEND $*" >> "$here/apt.log"
[ "$1" != install ] || { printf '#!/bin/sh\\necho "rsync  version 3.2.7"\\n' > "$here/rsync"; chmod 755 "$here/rsync"; }
`;

function setupWith(path: string) {
  const env = { PATH: path, HOME: path };
  return spawnSync(process.execPath, ["--input-type=module", "-e", ENSURE_TOOLS], { env, encoding: "utf8" });
}

const ENSURE_TOOLS = `
  const { main } = await import(${JSON.stringify(join(ROOT, "scripts/lib/run.mjs"))});
  const { ensureTools } = await import(${JSON.stringify(join(ROOT, "scripts/lib/tools.mjs"))});
  await main("setup", () => ensureTools((line) => console.log("setup  " + line)));
`;

interface Folder {
  readonly tools: readonly string[];
  readonly scripts?: Readonly<Record<string, string>>;
}

/** A folder to be the whole PATH: links to real tools, and scripts. */
function folderWith({ tools, scripts = {} }: Folder): string {
  const folder = mkdtempSync(join(tmpdir(), "path-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const tool of ["sh", "dirname", "chmod", ...tools]) symlinkSync(which(tool), join(folder, tool));
  for (const [name, text] of Object.entries(scripts)) {
    writeFileSync(join(folder, name), text);
    chmodSync(join(folder, name), 0o755);
  }
  return folder;
}

function which(tool: string): string {
  return spawnSync("sh", ["-c", `command -v ${tool}`], { encoding: "utf8" }).stdout.trim();
}
