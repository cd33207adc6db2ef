import { isFacsimileError } from "@facsimile/core";

/** What a host says before it does anything of what it was asked for. */
const REFUSALS = ["LOCK_LOST", "NOT_STAGED", "HOME_REFUSED"];

/** A switch that failed so has switched nothing, and a command has not begun. */
export function isNotBegun(error: unknown): boolean {
  return REFUSALS.some((code) => isFacsimileError(error, code));
}
