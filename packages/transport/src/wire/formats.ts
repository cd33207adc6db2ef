import { FacsimileError } from "@facsimile/core";
import type { DeployedState, HistoryEntry } from "../probe-types.ts";
import type { LockHolder, Place } from "../types.ts";

/** marker/1, without its newline. */
export function formatMarker({ instance, project }: Pick<Place, "instance" | "project">): string {
  return JSON.stringify({ facsimile: "marker/1", instance, project });
}

/** @returns `undefined` for text that is no marker. @throws `HOST_FORMAT_NEWER` */
export function parseMarker(text: string): { instance: string; project: string } | undefined {
  const marker = parse(text, "marker/1");
  if (marker === undefined) return undefined;
  return { instance: String(marker["instance"]), project: String(marker["project"]) };
}

/** lock/1 but for `,"since":…}`, which the host adds by its own clock. */
export function formatLock(lock: { readonly owner: string; readonly run: string; readonly reason: string }): string {
  const { owner, run, reason } = lock;
  return JSON.stringify({ facsimile: "lock/1", owner, run, reason }).slice(0, -1);
}

/** @param text `<token>.<until> <lock/1>` */
export function parseLock(text: string, clock: number): LockHolder | undefined {
  const [, until, json] = /^[^ ]*\.(\d+) (.*)$/s.exec(text) ?? [];
  if (until === undefined || json === undefined) return undefined;
  // A lock must be told even when a newer version or a crash left it unreadable.
  const lock = parseObject(json) ?? {};
  const word = (key: string) => (typeof lock[key] === "string" ? lock[key] : "");
  return {
    owner: word("owner"),
    run: word("run"),
    reason: word("reason"),
    since: Number(lock["since"] ?? 0),
    until: Number(until),
    expired: Number(until) < clock,
  };
}

/** deployed/1, without its newline. */
export function formatDeployed({ scope, id, serial, digest }: DeployedState): string {
  return JSON.stringify({ facsimile: "deployed/1", scope, id, serial, digest });
}

/** @returns `undefined` for what a crash cut short. @throws `HOST_FORMAT_NEWER` */
export function parseDeployed(text: string): DeployedState | undefined {
  const { scope, id, serial, digest } = parse(text, "deployed/1") ?? {};
  if (typeof scope !== "string" || typeof id !== "string" || typeof digest !== "string") return undefined;
  return typeof serial === "number" ? { scope, id, serial, digest } : undefined;
}

/** A line of history/1, without its newline. */
export function formatHistory(entry: HistoryEntry): string {
  const { instance, release, dir, version, run, by, at, action, alone = [] } = entry;
  const more = alone.length === 0 ? {} : { alone };
  return JSON.stringify({ facsimile: "history/1", instance, release, dir, version, run, by, at, action, ...more });
}

/** Lines cut short by a crash, and what somebody wrote there otherwise, are left out. @throws `HOST_FORMAT_NEWER` */
export function parseHistory(text: string): HistoryEntry[] {
  return text.split("\n").flatMap((line) => {
    const entry = parse(line, "history/1");
    if (entry === undefined || FIELDS.some((field) => typeof entry[field] !== "string")) return [];
    if (!["string", "undefined"].includes(typeof entry["instance"])) return [];
    const { alone = [] } = entry;
    if (!Array.isArray(alone) || alone.some((one) => typeof one !== "string")) return [];
    const { facsimile: _, ...rest } = entry;
    return [rest as unknown as HistoryEntry];
  });
}

const FIELDS: readonly (keyof HistoryEntry)[] = ["release", "dir", "version", "run", "by", "at", "action"];

function parse(text: string, format: string): Record<string, unknown> | undefined {
  const value = parseObject(text);
  const found = value?.["facsimile"];
  if (typeof found !== "string" || found === format) return found === undefined ? undefined : value;
  throw new FacsimileError(
    "HOST_FORMAT_NEWER",
    `the host holds ${JSON.stringify(found)}, where this version knows ${format}`,
    {
      hint: "Use the version of facsimile that deployed last, or a newer one.",
    },
  );
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
