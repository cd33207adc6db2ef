import { setMaxListeners } from "node:events";

/** A signal that follows another until it is let go. */
export interface Leash {
  readonly signal: AbortSignal;
  /** From now on the other signal stops nothing. */
  readonly letGo: () => void;
}

/** Work that may be stopped up to a point, and must then go on to its end. */
export function leash(outer: AbortSignal | undefined): Leash {
  const inner = new AbortController();
  setMaxListeners(0, inner.signal); // One for each host and child: no leak, whatever Node's default guesses.
  const follow = () => inner.abort(outer?.reason);
  if (outer?.aborted) follow();
  outer?.addEventListener("abort", follow, { once: true });
  return { signal: inner.signal, letGo: () => outer?.removeEventListener("abort", follow) };
}
