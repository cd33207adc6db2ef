import { execFileSync } from "node:child_process";
import { it, onTestFinished } from "vitest";

/** For tests that use {@link mounted}: whoever is not root cannot, and they are skipped, and counted. */
export const itAsRoot = it.runIf(process.getuid?.() === 0);

/** A file system in memory at a folder, until the test ends. */
export function mounted(dir: string, options: string): void {
  execFileSync("mount", ["-t", "tmpfs", "-o", options, "none", dir]);
  // Programs on a host may need a moment to leave it.
  onTestFinished(() => void execFileSync("umount", ["-l", dir]));
}

/** Changes its options. */
export function remounted(dir: string, options: string): void {
  execFileSync("mount", ["-o", `remount,${options}`, dir]);
}
