import { FacsimileError, isFacsimileError } from "@facsimile/core";
import type { Host } from "@facsimile/definitions";
import type { HostRun, RunContext } from "./host-run.ts";

interface Held {
  readonly home: string;
  readonly run: HostRun;
  /** Every host that the run locks. */
  readonly all: readonly HostRun[];
}

/** What to tell of a lock that could not be had: `HOST_TWICE` where this very run holds it, else the error itself. */
export async function whyHeld(
  error: unknown,
  { home, run, all }: Held,
  { journal }: Pick<RunContext, "journal">,
): Promise<unknown> {
  if (!isFacsimileError(error, "LOCK_HELD")) return error;
  const held = await run.session.readLock(home).catch(() => undefined);
  return held?.lock?.run === journal.run ? hostTwice({ home, run, all }, error) : error;
}

function hostTwice({ home, run: { host }, all }: Held, cause: FacsimileError): FacsimileError {
  const twin = all.find((other) => other.host !== host && isSame(other.host, host) && other.steps.some(({ found }) => found.place.home === home)); // biome-ignore format: one line
  const message =
    twin === undefined
      ? `${host.name}: this very run has locked ${home} there already, under another name of the host or of its home`
      : `${host.name} and ${twin.host.name} are one host: the same address, port, user and home, which this run has locked already`;
  const hint =
    "Take one of the names out of deploy.nodes, or give each its own home. facs lint names hosts with one address.";
  return new FacsimileError("HOST_TWICE", message, { cause, hint });
}

function isSame(a: Host, b: Host): boolean {
  return a.address === b.address && a.port === b.port && a.user === b.user;
}
