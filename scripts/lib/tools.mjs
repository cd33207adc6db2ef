import { accessSync, constants, existsSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { run, StopError } from "./run.mjs";

/** What the tests and the demo need beside Node; `atLeast` where an older one is known not to do. */
const TOOLS = [
  { name: "git", debian: "git", fedora: "git", mac: "git" },
  { name: "ssh", debian: "openssh-client", fedora: "openssh-clients", mac: "" },
  { name: "ssh-keygen", debian: "openssh-client", fedora: "openssh-clients", mac: "" },
  { name: "sshd", debian: "openssh-server", fedora: "openssh-server", mac: "" },
  { name: "rsync", debian: "rsync", fedora: "rsync", mac: "rsync", atLeast: [3, 1] },
  { name: "gpg", debian: "gnupg", fedora: "gnupg2", mac: "gnupg" },
  { name: "python3", debian: "python3-venv", fedora: "python3", mac: "python", onlyTests: true },
  { name: "make", debian: "make", fedora: "make", mac: "", onlyTests: true },
  { name: "busybox", debian: "busybox", fedora: "busybox", mac: "", onlyTests: true },
  { name: "sq", debian: "sq", fedora: "sequoia-sq", mac: "sequoia-sq", onlyTests: true },
];

// Where sshd is; an ordinary user's PATH may lack it.
const SYSTEM_FOLDERS = ["/usr/sbin", "/sbin", "/usr/local/sbin"];
const POLICY = "/usr/sbin/policy-rc.d";

/** Makes sure that the tools are there; installs them where that needs no question. Throws a StopError otherwise. */
export async function ensureTools(log, { tests = false } = {}) {
  const missing = await missingTools(tests);
  if (missing.length === 0) return;
  const packages = packagesOf(missing, "debian");
  if (process.getuid?.() !== 0 || findTool("apt-get") === undefined) throw notThere(missing);
  log(`installing ${packages.join(" ")} (apt-get)`);
  await aptInstall(packages);
  const still = await missingTools(tests);
  if (still.length > 0) throw notThere(still);
}

export const toolNames = ({ tests = false } = {}) =>
  TOOLS.filter(({ onlyTests = false }) => tests || !onlyTests).map(({ name }) => name);

function findTool(name) {
  const folders = [...(process.env.PATH ?? "").split(delimiter), ...(name === "sshd" ? SYSTEM_FOLDERS : [])];
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

async function missingTools(tests) {
  const wanted = TOOLS.filter(({ onlyTests = false }) => tests || !onlyTests);
  const found = await Promise.all(wanted.map(async (tool) => ({ tool, ok: await isGood(tool) })));
  return found.filter(({ ok }) => !ok).map(({ tool }) => tool);
}

async function isGood({ name, atLeast }) {
  const path = findTool(name);
  if (path === undefined || atLeast === undefined) return path !== undefined;
  const { output } = await run(path, ["--version"]);
  const [, major, minor] = /version\s+v?(\d+)\.(\d+)/.exec(output) ?? [];
  return Number(major) > atLeast[0] || (Number(major) === atLeast[0] && Number(minor) >= atLeast[1]);
}

async function aptInstall(packages) {
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  const sshdIsNew = packages.includes("openssh-server");
  const release = sshdIsNew ? keepServicesFromStarting() : () => {};
  try {
    await apt(["update", "-q"], env);
    await apt(["install", "-qy", "--no-install-recommends", ...packages], env);
  } finally {
    release();
  }
  // Only the program is wanted here: nobody asked for a login service on port 22, now or after the next boot.
  if (sshdIsNew && existsSync("/run/systemd/system")) await run("systemctl", ["disable", "ssh.service", "ssh.socket"]);
}

async function apt(args, env) {
  const { code, output } = await run("apt-get", args, { env });
  if (code === 0) return;
  const tail = output.trimEnd().split("\n").slice(-6).join("\n");
  throw new StopError(`apt-get ${args.join(" ")} failed (exit ${code})`, `${tail}\n\n${byHand(TOOLS)}`);
}

/** invoke-rc.d(8): exit 101 of policy-rc.d forbids. Returns what takes the prohibition away. */
function keepServicesFromStarting() {
  if (existsSync(POLICY)) return () => {};
  writeFileSync(POLICY, "#!/bin/sh\nexit 101\n", { mode: 0o755 });
  return () => rmSync(POLICY, { force: true });
}

function notThere(missing) {
  const names = missing.map(({ name, atLeast }) =>
    atLeast === undefined ? name : `${name} ${atLeast.join(".")} or newer`,
  );
  return new StopError(`not installed: ${names.join(", ")}`, byHand(missing));
}

function byHand(tools) {
  const mac = packagesOf(tools, "mac");
  return [
    "Install what is missing, and run this command again:",
    `  Debian, Ubuntu   sudo apt-get update && sudo apt-get install -y ${packagesOf(tools, "debian").join(" ")}`,
    `  Fedora           sudo dnf install -y ${packagesOf(tools, "fedora").join(" ")}`,
    `  macOS            ${mac.length > 0 ? `brew install ${mac.join(" ")}` : "ssh and sshd are part of macOS: /usr/sbin/sshd is missing"}`,
  ].join("\n");
}

function packagesOf(tools, system) {
  return [...new Set(tools.map((tool) => tool[system]).filter((name) => name !== ""))];
}
