import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { root, StopError } from "../lib/run.mjs";

/** Of packages/testing, as built: there is none before the set-up. */
export async function testing() {
  const file = join(root, "packages", "testing", "dist", "index.js");
  if (!existsSync(file)) throw new StopError("this clone is not built", "npm run setup");
  return await import(pathToFileURL(file).href);
}

/** Whether a demo made this folder: nothing else is ever removed. */
export function isDemo(dir) {
  try {
    return JSON.parse(readFileSync(join(dir, "demo.json"), "utf8")).facsimile === "demo/1";
  } catch {
    return false;
  }
}

/** Ends every process of a demo and removes its folder. Throws when something is left. */
export async function endDemo(dir) {
  const { stopFleet } = await testing();
  stopFleet(join(dir, "fleet"));
  await endProcesses(dir);
  rmSync(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  const left = processesOf(dir);
  if (left.length === 0 && !existsSync(dir)) return;
  const processes = left.length === 0 ? "" : `kill -9 ${left.join(" ")} && `;
  throw new StopError(`something of ${dir} is left`, `By hand: ${processes}rm -rf ${dir}`);
}

async function endProcesses(dir) {
  for (let round = 0; round < 100; round++) {
    const found = processesOf(dir);
    if (found.length === 0) return;
    for (const pid of found) kill(pid);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Whoever was started with the demo's home or on one of its hosts, and what that started: the environment is handed down. */
export function processesOf(dir) {
  const marks = [`HOME=${join(dir, "home")}`, `FACS_FLEET=${join(dir, "fleet")}`];
  const pids = readdirSync("/proc").map(Number).filter((pid) => pid > 0 && pid !== process.pid); // biome-ignore format: one line
  return pids.filter((pid) => marks.some((mark) => `\0${environOf(pid)}`.includes(`\0${mark}\0`)));
}

// Empty for processes of others, and for those that have ended.
function environOf(pid) {
  try {
    return readFileSync(`/proc/${pid}/environ`, "utf8");
  } catch {
    return "";
  }
}

function kill(pid) {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It ended by itself.
  }
}
