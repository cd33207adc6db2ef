import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";

/** Switches a host off: its sshd with all sessions, and whatever they left running. */
export function killHost({ dir, name }: { readonly dir: string; readonly name: string }): void {
  killAll(() => [...sshdsOf(dir, [name]), ...marked(`FACS_FLEET=${dir}`).filter(({ env }) => env.includes(`\0FACS_FLEET_HOST=${name}\0`)).map(({ pid }) => pid)]); // biome-ignore format: one line
  fs.rmSync(path.join(dir, `${name}.pid`), { force: true });
}

/** Ends everything that a fleet started, and removes its folder. */
export function removeFleetSync(dir: string): void {
  if (!fs.existsSync(dir)) return;
  const names = fs.readdirSync(dir).flatMap((file) => (file.endsWith(".pid") ? [file.slice(0, -4)] : []));
  killAll(() => [...sshdsOf(dir, names), ...marked(`FACS_FLEET=${dir}`).map(({ pid }) => pid)]);
  removeSync(dir);
}

/** Removes a folder, also one with folders that forbid writing. */
export function removeSync(dir: string): void {
  if (!fs.existsSync(dir)) return;
  execFileSync("find", [dir, "-type", "d", "!", "-perm", "-700", "-exec", "chmod", "u+rwx", "{}", ";"]);
  fs.rmSync(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
}

/** Kills until a look finds nobody left: what is being killed may have started another meanwhile. */
function killAll(look: () => number[]): void {
  for (let round = 0; round < 200; round++) {
    const found = look();
    if (found.length === 0) return;
    for (const pid of found) kill(pid);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
  }
  throw new Error(`processes do not end: ${look().join(" ")}`);
}

/** The listening sshd of each host, found by its pid file and recognised by its command line, and its children. */
function sshdsOf(dir: string, names: readonly string[]): number[] {
  const listeners = names.flatMap((name) => {
    const pid = Number(readText(path.join(dir, `${name}.pid`)));
    // sshd rewrites its title, but keeps the words of its command line in it.
    return pid > 0 && alive(pid) && readText(`/proc/${pid}/cmdline`).includes(path.join(dir, `${name}.conf`))
      ? [pid]
      : [];
  });
  if (listeners.length === 0) return [];
  const parents = new Map(processes().map((pid) => [pid, parentOf(pid)]));
  const found = new Set(listeners);
  for (let size = 0; size !== found.size; ) {
    size = found.size;
    for (const [pid, parent] of parents) if (found.has(parent)) found.add(pid);
  }
  return [...found].filter(alive);
}

function marked(mark: string): { pid: number; env: string }[] {
  return processes()
    .filter((pid) => pid !== process.pid && alive(pid))
    .map((pid) => ({ pid, env: `\0${readText(`/proc/${pid}/environ`)}\0` }))
    .filter(({ env }) => env.includes(`\0${mark}\0`));
}

function processes(): number[] {
  return fs.readdirSync("/proc").map(Number).filter((pid) => pid > 0); // biome-ignore format: one line
}

// proc(5): "pid (name) state ppid …"; the name may hold anything, so look behind its last bracket.
function parentOf(pid: number): number {
  const stat = readText(`/proc/${pid}/stat`);
  return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1] ?? 0);
}

function alive(pid: number): boolean {
  const stat = readText(`/proc/${pid}/stat`);
  return stat !== "" && !/^[ZX]/.test(stat.slice(stat.lastIndexOf(")") + 2));
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It ended by itself.
  }
}

function readText(file: string): string {
  try {
    return fs.readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
