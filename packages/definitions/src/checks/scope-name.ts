import type { InstanceName } from "@facsimile/core";

/** What `state.scope` may be; {@link scopeFor} knows `own`. */
export const SCOPE = /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/;

/** The first part of the instance, unless `state.scope` says another; `"own"` is the instance's full name. */
export function scopeFor({ full, parts }: InstanceName, wish: string | undefined): string {
  return wish === "own" ? full : (wish ?? parts[0]);
}
