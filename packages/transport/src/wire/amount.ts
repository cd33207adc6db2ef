/**
 * How much a host has to do. `long`: it may outlast half a lease, so that the host keeps it up itself; `much`: what takes a
 * moment to start and is faster then is worth it.
 */
export function amountOf(files: number, bytes: number): "long" | "much" | "" {
  if (files > 20_000 || bytes > 2 ** 28) return "long";
  return bytes > 2 ** 24 ? "much" : "";
}

/** `long`: a slow line may take longer for it than a lease, so that the host keeps it up while something arrives. */
export function sendingOf(bytes: number): "long" | "" {
  return bytes > 2 ** 20 ? "long" : "";
}
