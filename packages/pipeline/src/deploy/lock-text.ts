import type { LockHolder } from "@facsimile/transport";

/** `locked by Robin, run 20261126-1640-3f9c`; a host's words, which may steer a terminal. */
export function lockText({ owner, run, expired }: LockHolder): string {
  return `locked by ${owner}, run ${run}${expired ? ", whose time is over" : ""}`;
}
