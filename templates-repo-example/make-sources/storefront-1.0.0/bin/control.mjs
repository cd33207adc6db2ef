// Starts, stops and asks the shop. Usage: control.mjs restart|stop|health
import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, openSync, readFileSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { readJson, root, urlOf, version } from "./config.mjs";

const STOP_SECONDS = 5;
const START_SECONDS = 15;

mkdirSync(join(root, "var"), { recursive: true });
// The true path, the same for every release of this host: it tells our process from all others.
const folder = realpathSync(join(root, "var"));
const log = join(folder, "storefront.log");

const commands = { restart, stop, health };
try {
  await commands[process.argv[2]]();
} catch (error) {
  console.error(`storefront: ${error.message}`);
  process.exitCode = 1;
}

async function restart() {
  await stop();
  const output = openSync(log, "a");
  const server = join(root, "bin", "storefront.mjs");
  const child = spawn(process.execPath, [server, "--var", folder], {
    cwd: folder,
    detached: true,
    stdio: ["ignore", output, output],
  });
  child.unref();
  await started(child);
  console.log(`storefront ${version()} runs, process ${child.pid}`);
}

async function started(child) {
  for (const until = Date.now() + START_SECONDS * 1000; ; await sleep(50)) {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(`ended at once: ${lastLine()}`);
    const problem = pidOnFile() === child.pid ? await healthProblem() : "it is not listening";
    if (problem === undefined) return;
    if (Date.now() < until) continue;
    child.kill();
    throw new Error(`did not start within ${START_SECONDS} s: ${problem} (see ${log})`);
  }
}

async function stop() {
  const pid = pidOnFile();
  if (pid === undefined || !isOurs(pid)) return;
  for (const [signal, seconds] of [
    ["SIGTERM", STOP_SECONDS],
    ["SIGKILL", STOP_SECONDS],
  ]) {
    send(pid, signal);
    for (const until = Date.now() + seconds * 1000; Date.now() < until; await sleep(20)) if (!isOurs(pid)) return;
  }
  throw new Error(`process ${pid} does not end`);
}

async function health() {
  const problem = await healthProblem();
  if (problem !== undefined) throw new Error(problem);
  console.log("ok");
}

/** Healthy is: it answers, and what answers is this release. */
async function healthProblem() {
  const listen = readJson("etc/listen.json");
  try {
    const signal = AbortSignal.timeout(3000);
    const answer = await fetch(urlOf(listen, "/health"), { signal });
    if (answer.status !== 200 || (await answer.text()) !== "ok\n") return `/health answered ${answer.status}`;
    const { version: running } = await (await fetch(urlOf(listen, "/"), { signal })).json();
    return running === version() ? undefined : `version ${running} answers, not ${version()}`;
  } catch (error) {
    return `no answer on ${listen.address}:${listen.port} (${error.cause?.code ?? error.message})`;
  }
}

function pidOnFile() {
  try {
    const pid = Number(readFileSync(join(folder, "storefront.pid"), "utf8"));
    return Number.isSafeInteger(pid) && pid > 1 ? pid : undefined;
  } catch {
    return undefined;
  }
}

/** A number in a file may long belong to another program: its command line decides. */
function isOurs(pid) {
  const words = commandLine(pid);
  return words.includes("storefront.mjs") && words.trimEnd().endsWith(`--var ${folder}`);
}

function commandLine(pid) {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
  } catch {
    return process.platform === "linux" ? "" : commandLineByPs(pid);
  }
}

function commandLineByPs(pid) {
  try {
    return execFileSync("ps", ["-ww", "-o", "args=", "-p", String(pid)], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
  } catch {
    return "";
  }
}

function send(pid, signal) {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (error.code !== "ESRCH") throw error;
  }
}

function lastLine() {
  return readFileSync(log, "utf8").trimEnd().split("\n").at(-1);
}
