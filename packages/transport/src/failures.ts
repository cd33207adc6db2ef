import { FacsimileError } from "@facsimile/core";
import type { Difference } from "@facsimile/manifest";
import type { VerifyFailure } from "./lock-types.ts";
import type { Probe } from "./probe-types.ts";
import type { LockHolder } from "./types.ts";
import { parseLock, parseMarker } from "./wire/formats.ts";
import type { Reply } from "./wire/framing.ts";

/** What a host refused or could not do, as its user is to read it. */
export function failureOf(host: string, reply: Reply): FacsimileError {
  const { failure, errors, status } = reply;
  if (failure !== undefined) return (REFUSALS[failure.code] ?? unknown)(host, failure.details);
  const last = errors.trim().split("\n").slice(-3).join("; ");
  if (/No space left on device|Disk quota exceeded/i.test(errors)) return noSpace(host, last);
  return new FacsimileError("HOST_FAILED", `${host}: ${last || `a step ended with status ${status}`}`, {
    hint: "Check owners, modes and mounts beneath the home on that host; what was running still runs.",
  });
}

export function noSpace(host: string, what: string): FacsimileError {
  return new FacsimileError("NO_SPACE", `${host}: ${what.trim()}`, {
    hint: "Free some space there, lower deploy.keep, or move the home to another file system.",
  });
}

/** With an error's own words: the first few paths, and how many there are. */
export function verifyFailed(
  host: string,
  differences: readonly Difference[],
  hint = "Nothing was switched. Let nothing change the build during a deploy; check the host's disk, then deploy again.",
): FacsimileError & VerifyFailure {
  const shown = differences.slice(0, 5).map(({ kind, path }) => `${kind} ${JSON.stringify(path)}`).join(", "); // biome-ignore format: one line
  const more = differences.length > 5 ? ` and ${differences.length - 5} more` : "";
  const error = new FacsimileError("VERIFY_FAILED", `${host}: what arrived is not the release: ${shown}${more}`, {
    hint,
  });
  return Object.assign(error, { differences });
}

/** What `host` says about who has its lock. */
export function lockHeld(host: string, holder: LockHolder | undefined): FacsimileError {
  if (holder === undefined) {
    return new FacsimileError("LOCK_HELD", `${host} is locked, or being unlocked`, { hint: "Try again." });
  }
  const { owner, run, reason, since, until } = holder;
  const what = [reason, run].filter((word) => word !== "").join(" ");
  const message = `${host} is locked by ${owner || "someone"} (${what}) since ${iso(since)}, at least until ${iso(until)}`;
  return new FacsimileError("LOCK_HELD", message, {
    hint: "Wait for that run. If it was killed, its lock is free to take as soon as that time has passed; facs lock release INSTANCE frees it now.",
  });
}

function iso(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace(".000Z", "Z");
}

export function treeMoved(host: string, base: string): FacsimileError {
  return new FacsimileError("TREE_MOVED", `${host}: what runs in ${base} was changed just now`, { hint: "Deploy again." }); // biome-ignore format: one line
}

type Refusal = (host: string, details: readonly string[]) => FacsimileError;

const unknown: Refusal = (host, details) => new FacsimileError("HOST_FAILED", `${host}: ${details.join(" ")}`);

const HOME_REASONS: Readonly<Record<string, string>> = {
  link: "is a symbolic link; nothing is written through one",
  home: "is, or holds, the login's own home",
  file: "is no folder",
  missing: "is the login's home, and is not there",
};

const REFUSALS: Readonly<Record<string, Refusal>> = {
  HOME_REFUSED: (host, [reason = "", path = ""]) =>
    new FacsimileError("HOME_REFUSED", `${host}: ${path} ${HOME_REASONS[reason] ?? reason}`, {
      hint: "Set home to a real folder of its own on that host: an absolute path, or one below the login's home.",
    }),
  NOTHING_DEPLOYED: (host, [base = ""]) =>
    new FacsimileError("NOTHING_DEPLOYED", `${host}: nothing is deployed in ${base}`, { hint: "Deploy first." }),
  NOT_STAGED: (host, [path = ""]) =>
    new FacsimileError("NOT_STAGED", `${host}: ${path} is not there`, { hint: "Deploy again." }),
  NOT_ADOPTED: (host, [base = "", marker]) =>
    notAdopted(host, { base, owner: marker === undefined ? undefined : parseMarker(marker) }),
  STRATEGY_CHANGED: (host, [base = "", strategy = ""]) =>
    new FacsimileError("STRATEGY_CHANGED", `${host}: ${base} was deployed with deploy.strategy: "${strategy}"`, {
      hint: "A copy of one kind does not become one of the other. Set the strategy back, or deploy into another home; or move away what lies there, and what the home's .facsimile folder knows of the project.",
    }),
  TREE_MOVED: (host, [base = ""]) => treeMoved(host, base),
  LINKS_REFUSED: (host, [base = ""]) =>
    new FacsimileError("LINKS_REFUSED", `${host}: what runs in ${base} cannot be linked`, { hint: "Deploy again." }),
  LOCK_LOST: (host) =>
    new FacsimileError(
      "LOCK_LOST",
      `${host}: the lock expired and was taken by another run, or freed; nothing more was changed`,
      {
        hint: "See what the other run did, then deploy again.",
      },
    ),
  LOCK_HELD: (host, [holder = "", clock = ""]) => lockHeld(host, parseLock(holder, Number(clock))),
};

/** What a probe says by `foreign`. */
export function notAdopted(host: string, { base, owner }: Pick<Probe, "base" | "owner">): FacsimileError {
  const whose =
    owner === undefined
      ? "holds files that facsimile did not put there"
      : `belongs to ${owner.project} of ${owner.instance}`;
  return new FacsimileError("NOT_ADOPTED", `${host}: ${base} ${whose}`, {
    hint: "Check home and the host's name; or let the folder be taken over.",
  });
}
