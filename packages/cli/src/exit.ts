import { type FacsimileError, problemsOf } from "@facsimile/core";

/** What an exit status says; scripts rely on it. */
export const EXIT = {
  done: 0,
  /** The instance is as it was: nothing switched, or everything reverted. */
  failed: 1,
  differences: 2,
  /** Hosts now differ from each other, or were left behind. */
  partial: 3,
  /** A lock is held by another, or a push was refused. */
  conflict: 4,
  /** Something signed, sealed or pinned is not what it must be. */
  integrity: 5,
  usage: 64,
  interrupted: 130,
} as const;

const USAGE = [
  "USAGE", "BAD_NAME", "BAD_PATH", "BAD_SET", "UNKNOWN_INSTANCE", "UNKNOWN_PROJECT", "UNKNOWN_HOST", "NO_CONGLOMERATE",
]; // biome-ignore format: a list
const CONFLICT = ["LOCK_HELD", "LOCK_LOST", "PUSH_REFUSED", "GIT_OUT_OF_STEP", "STATE_LOCKED"];
const INTEGRITY = ["BAD_SIGNATURE", "RELEASE_INVALID", "HOST_KEY_CHANGED", "TAG_MOVED", "MANIFEST_INVALID", "MEMORY_INVALID"];
const INTEGRITY_FAMILY = /^(STATE|TRUST|SIGNERS)_(?!NOT_WRITTEN|UIIDS_FULL|LOCKED)/;

/** The exit status for a failure; of several, the gravest. */
export function exitOf(error: FacsimileError): number {
  const statuses = problemsOf(error).map(({ code }) => statusOf(code));
  return [EXIT.integrity, EXIT.conflict, EXIT.usage].find((status) => statuses.includes(status)) ?? EXIT.failed;
}

function statusOf(code: string): number {
  if (USAGE.includes(code)) return EXIT.usage;
  if (CONFLICT.includes(code)) return EXIT.conflict;
  if (INTEGRITY.includes(code) || INTEGRITY_FAMILY.test(code)) return EXIT.integrity;
  return EXIT.failed;
}
