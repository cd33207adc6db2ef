import type { Hook } from "@facsimile/definitions";

/**
 * Whether a command is for a host: it is for all, or for one of the host's targets. Those are all that the instance gives it,
 * also those that the command's project does not have. Pure.
 */
export function concerns(
  { target }: Pick<Hook, "target">,
  { targets }: { readonly targets: readonly string[] },
): boolean {
  return target === undefined || targets.some((one) => one === target);
}
