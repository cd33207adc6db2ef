// Everything that building, testing and the demo need: tools, dependencies, a build. Safe to repeat; quick when done.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { main, root, run, StopError } from "./lib/run.mjs";
import { ensureTools, toolNames } from "./lib/tools.mjs";

const MIN_NODE = [20, 19];
const STAMP = join(root, "node_modules", ".setup.json");
const QUIET = { CI: "true", TURBO_TELEMETRY_DISABLED: "1", TURBO_NO_UPDATE_NOTIFIER: "1", DO_NOT_TRACK: "1" };
if (!process.stdout.isTTY) Object.assign(QUIET, { NO_COLOR: "1", FORCE_COLOR: "0" });
const NETWORK = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ERR_SOCKET_TIMEOUT|network/;

/** Returns the environment in which turbo and pnpm run. Throws a StopError that says what to do. */
export async function setup({ build = true, tests = false, log = (line) => console.log(`setup  ${line}`) } = {}) {
  const start = Date.now();
  checkNode();
  await ensureTools(log, { tests });
  log(`node ${process.versions.node}, ${toolNames({ tests }).join(", ")}: there`);
  const pnpm = await ensureDependencies(log);
  const env = { ...QUIET, PATH: [dirname(pnpm), join(root, "node_modules", ".bin"), process.env.PATH].join(delimiter) };
  if (build && !(await runBuild(env, log))) throw new StopError("the build failed", "The messages above say where.");
  log(`done in ${((Date.now() - start) / 1000).toFixed(1)} s`);
  return env;
}

/** True when every package is built. What did not change comes from turbo's cache. */
export async function runBuild(env, log) {
  log("build");
  const { code, output } = await run("turbo", ["run", "build", "--output-logs=errors-only"], { env });
  if (code !== 0) console.error(output.trimEnd());
  return code === 0;
}

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major > MIN_NODE[0] || (major === MIN_NODE[0] && minor >= MIN_NODE[1])) return;
  const next = "Install Node 20 or newer: https://nodejs.org/en/download, or with nvm: nvm install";
  throw new StopError(`Node ${process.versions.node} is too old: ${MIN_NODE.join(".")} or newer is needed`, next);
}

/** Returns the path of pnpm. */
async function ensureDependencies(log) {
  const wanted = wantedKey();
  const stamp = readStamp();
  if (stamp?.key === wanted && existsSync(stamp.pnpm)) {
    log("dependencies: there");
    return stamp.pnpm;
  }
  log("dependencies: installing (pnpm, from the lockfile)");
  const pnpm = await findPnpm();
  const { code, output } = await run(pnpm, ["install", "--frozen-lockfile", "--reporter=append-only"], { env: QUIET });
  if (code !== 0) throw failed("pnpm install --frozen-lockfile", output);
  mkdirSync(dirname(STAMP), { recursive: true });
  writeFileSync(STAMP, `${JSON.stringify({ key: wanted, pnpm })}\n`);
  return pnpm;
}

/** npx(1) keeps what it fetched, so the folder of the pnpm that it names stays. turbo looks for pnpm on PATH. */
async function findPnpm() {
  const name = readJson("package.json").packageManager;
  const { code, output } = await run("npx", ["-y", "-p", name, "-c", "command -v pnpm"], { env: QUIET });
  const path = output
    .trim()
    .split("\n")
    .findLast((line) => line.startsWith("/"));
  if (code !== 0 || path === undefined) throw failed(`npx -y ${name}`, output);
  return path;
}

function failed(command, output) {
  const tail = output.trimEnd().split("\n").slice(-12).join("\n");
  if (!NETWORK.test(output)) return new StopError(`${command} failed`, tail);
  const next =
    "Check the connection, and the proxy settings of npm (npm config get proxy registry). Then run this again.";
  return new StopError(`${command} could not reach the package registry`, `${tail}\n\n${next}`);
}

/** Changes when another set of dependencies could be wanted. */
function wantedKey() {
  const packages = readdirSync(join(root, "packages")).map((name) => join("packages", name, "package.json"));
  const files = ["package.json", "pnpm-workspace.yaml", "pnpm-lock.yaml", ...packages.sort()];
  const hash = createHash("sha256").update(
    `${process.platform} ${process.arch} ${process.versions.modules}\n${root}\n`,
  );
  for (const file of files.filter((path) => existsSync(join(root, path)))) hash.update(readFileSync(join(root, file)));
  return hash.digest("hex");
}

function readStamp() {
  return existsSync(STAMP) ? readJson("node_modules/.setup.json") : undefined;
}

function readJson(path) {
  return JSON.parse(readFileSync(join(root, path), "utf8"));
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  await main("setup", () => setup());
}
