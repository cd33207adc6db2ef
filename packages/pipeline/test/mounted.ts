import { execFileSync } from "node:child_process";
import { onTestFinished } from "vitest";

/** A file system in memory at a folder, until the test ends. It needs root, as in a container: elsewhere the run fails and says so. */
export function mounted(dir: string, options: string): void {
  execFileSync("mount", ["-t", "tmpfs", "-o", options, "none", dir]);
  onTestFinished(() => void execFileSync("umount", [dir]));
}

/** Changes its options. */
export function remounted(dir: string, options: string): void {
  execFileSync("mount", ["-o", `remount,${options}`, dir]);
}
