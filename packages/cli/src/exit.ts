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

// docs/errors.md has the same; a test compares the two.
const STATUS: Readonly<Record<string, readonly string[]>> = {
  usage: [
    "USAGE BAD_FINGERPRINT BAD_NAME BAD_PATH BAD_SET NO_CONGLOMERATE",
    "UNKNOWN_INSTANCE UNKNOWN_PROJECT UNKNOWN_STAGE UNKNOWN_LAYER UNKNOWN_HOST UNKNOWN_TARGET UNKNOWN_REGION UNKNOWN_REVISION UNKNOWN_RELEASE UNKNOWN_RUN UNKNOWN_RECIPIENT UNKNOWN_SIGNER UNKNOWN_SCOPE",
  ],
  conflict: [
    "LOCK_HELD LOCK_LOST HOST_MOVED SOURCE_MOVED STATE_LOCKED STATE_CHANGED DEFINITION_CHANGED",
    "PUSH_REFUSED GIT_OUT_OF_STEP GIT_BUSY GIT_DETACHED GIT_NO_UPSTREAM",
  ],
  integrity: [
    "BAD_SIGNATURE KEY_MISNAMED TAG_MOVED HOST_KEY_CHANGED",
    "RELEASE_INVALID RELEASE_NEWER RUN_INVALID RUN_NEWER MANIFEST_INVALID MANIFEST_NEWER HOST_FORMAT_NEWER",
    "TRUST_INVALID TRUST_NEWER SIGNERS_INVALID SIGNERS_NEWER MEMORY_INVALID MEMORY_NEWER EXPORT_INVALID EXPORT_NEWER",
    "STATE_BAD_LEAF STATE_FOREIGN_KEY STATE_INVALID STATE_MISSING STATE_NEWER STATE_NOT_CANONICAL STATE_REPLACED",
    "STATE_ROLLED_BACK STATE_UNSIGNED STATE_UNTRUSTED_SIGNER STATE_WRONG_SCOPE",
  ],
  differences: ["ODD_RELEASE"],
  interrupted: ["INTERRUPTED"],
};

const BY_CODE = new Map<string, number>(
  Object.entries(STATUS).flatMap(([name, lines]) =>
    lines.flatMap((line) => line.split(" ").map((code) => [code, EXIT[name as keyof typeof EXIT]] as const)),
  ),
);

/** What is typed to choose hosts, and stands in files too: with a place it is the definition that is wrong, not the command. */
const IN_FILES = ["UNKNOWN_HOST", "UNKNOWN_TARGET", "UNKNOWN_REGION"];

/** The exit status for a failure; of several, the gravest. */
export function exitOf(error: FacsimileError): number {
  const isTyped = ({ code, position }: FacsimileError) => position === undefined || !IN_FILES.includes(code);
  return statusOf(
    problemsOf(error)
      .filter(isTyped)
      .map(({ code }) => code),
  );
}

interface Asked {
  readonly problem?: FacsimileError | undefined;
}

/** Of a command that only looks: whether every host could be asked. */
export function askedStatus(hosts: readonly Asked[], signal: AbortSignal): number {
  const isWhole = hosts.every(({ problem }) => problem === undefined);
  return isWhole ? EXIT.done : unlessStopped(unaskedStatus(hosts), { hosts, signal });
}

/** Where hosts could not be asked: 5 where one is not what it must be, as by its key. */
export function unaskedStatus(hosts: readonly Asked[]): number {
  const isOdd = hosts.some(({ problem }) => problem !== undefined && exitOf(problem) === EXIT.integrity);
  return isOdd ? EXIT.integrity : EXIT.failed;
}

/** `status`, unless somebody stopped the command before every host had answered. */
export function unlessStopped(
  status: number,
  { hosts, signal }: { hosts: readonly { readonly problem?: unknown }[]; signal: AbortSignal },
): number {
  return signal.aborted && hosts.some(({ problem }) => problem !== undefined) ? EXIT.interrupted : status;
}

/** {@link exitOf}, of failures that are known by their codes. */
export function statusOf(codes: readonly string[]): number {
  const statuses = codes.map((code) => BY_CODE.get(code) ?? EXIT.failed);
  return (
    [EXIT.interrupted, EXIT.integrity, EXIT.conflict, EXIT.usage, EXIT.differences].find((status) =>
      statuses.includes(status),
    ) ?? EXIT.failed
  );
}
