/// <reference path="./rsync-module.d.ts" />
import { type Environment, FacsimileError, isFacsimileError } from "@facsimile/core";
import Rsync from "rsync";
import { noSpace } from "../failures.ts";
import type { Host } from "../host.ts";
import { saidAll, spawnGroup } from "../wire/child.ts";
import type { Bulk, BulkRequest } from "./bulk.ts";

export interface RsyncOptions {
  readonly host: string;
  /** The remote shell; rsync parts it at blanks. */
  readonly rsh: string;
  /** The remote program, where its start must be told from noise. */
  readonly remote?: string | undefined;
  readonly env: Environment;
  readonly signal: AbortSignal | undefined;
  /** Seconds without any byte moving. */
  readonly silence: number;
}

/** The argv after `rsync`. The names of files are no part of it: they are read from stdin. Pure. */
export function rsyncArgs(
  { from, to, basis }: BulkRequest,
  options: Pick<RsyncOptions, "rsh" | "remote" | "silence">,
): string[] {
  // -I: sizes and times decide nothing. -L: the files, wherever links to them lie. No -r: only what is named. npm's rsync knows nothing of arguments with values.
  const plain = new Rsync().flags("sLpI").set("from0").set("no-implied-dirs").args();
  return [
    ...plain,
    "--files-from=-",
    `--copy-dest=${basis}`,
    `--timeout=${Math.ceil(options.silence)}`,
    ...(options.remote === undefined ? [] : [`--rsync-path=${options.remote}`]),
    "-e",
    options.rsh,
    "--",
    `${from}/`,
    `host:${to}/`,
  ];
}

export function rsyncBulk(options: RsyncOptions): Bulk {
  let version: Promise<string | undefined> | undefined;
  return {
    copy: (request) => run(request, options),
    version: () => (version ??= localVersion(options.env)),
  };
}

async function run(request: BulkRequest, options: RsyncOptions): Promise<void> {
  const { signal, env, host } = options;
  signal?.throwIfAborted();
  const group = spawnGroup("rsync", rsyncArgs(request, options), { env });
  const stop = () => void group.end();
  signal?.addEventListener("abort", stop, { once: true });
  let stderr = "";
  group.child.stderr?.setEncoding("utf8").on("data", (text: string) => (stderr = (stderr + text).slice(-16_384)));
  group.child.stdout?.resume();
  group.child.stdin?.end(request.paths.map((path) => `${path}\0`).join(""));
  const exitCode = await saidAll(group).finally(() => signal?.removeEventListener("abort", stop));
  signal?.throwIfAborted();
  if (exitCode !== 0) throw rsyncFailure(host, { exitCode, stderr });
}

function rsyncFailure(host: string, { exitCode, stderr }: { exitCode: number; stderr: string }): FacsimileError {
  if (/No space left on device|Disk quota exceeded/i.test(stderr)) return noSpace(host, stderr);
  const last = stderr.trim().split("\n").slice(-3).join("; ");
  return new FacsimileError("RSYNC_FAILED", `rsync to ${host} exited ${exitCode}: ${last}`, { hint: HINTS[exitCode] });
}

const LOST = "The connection was lost while copying; nothing was switched. Deploy again.";

// rsync(1). When ssh dies, rsync exits 255 or, if it sees the closed pipe first, 12.
const HINTS: Readonly<Record<number, string>> = {
  12: LOST,
  23: "Some files were not copied; see above. Files of the build must be readable and stay while they are sent.",
  24: "Files vanished while they were sent. Let nothing change the build during a deploy.",
  30: LOST,
  255: LOST,
};

async function localVersion(env: Environment): Promise<string | undefined> {
  const { child, exited } = spawnGroup("rsync", ["--version"], { env });
  let text = "";
  child.stdout?.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
  const closed = new Promise((resolve) => child.once("close", resolve));
  try {
    await exited;
    await closed;
    return parseVersion(text);
  } catch (error) {
    if (isFacsimileError(error, "EXEC_NOT_FOUND")) return undefined;
    throw error;
  }
}

/** Of the first line of `rsync --version`; `"0"` for another program of that name. */
export function parseVersion(text: string): string | undefined {
  if (/openrsync/i.test(text)) return "0";
  return /^rsync +version v?(\d+(\.\d+)*)/.exec(text)?.[1];
}

/** Why rsync cannot be used with a host; empty when it can, and where it is not needed. */
export async function preflight(host: Pick<Host, "name" | "facts" | "bulk">): Promise<FacsimileError[]> {
  const rsync = await host.bulk();
  if (rsync === undefined) return [];
  const [here, there] = await Promise.all([rsync.version(), host.facts()]);
  return [
    ...problemOf(here, { where: "this machine", least: "3.2" }),
    ...problemOf(there.rsync, { where: host.name, least: "3.1" }),
  ];
}

function problemOf(version: string | undefined, { where, least }: { where: string; least: string }): FacsimileError[] {
  const hint = `Install rsync ${least} or newer there (Debian: apt-get install rsync; macOS: brew install rsync).`;
  if (version === undefined) return [new FacsimileError("RSYNC_MISSING", `${where} has no rsync`, { hint })];
  if (compareVersions(version, least) >= 0) return [];
  const what = version === "0" ? "another program called rsync (openrsync)" : `rsync ${version}`;
  return [new FacsimileError("RSYNC_TOO_OLD", `${where} has ${what}; at least ${least} is needed`, { hint })];
}

function compareVersions(a: string, b: string): number {
  const [left, right] = [a.split(".").map(Number), b.split(".").map(Number)];
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const order = (left[i] ?? 0) - (right[i] ?? 0);
    if (order !== 0) return order;
  }
  return 0;
}
