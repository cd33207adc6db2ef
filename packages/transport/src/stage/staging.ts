import type { StageRequest } from "../lock-types.ts";
import type { Probe } from "../probe-types.ts";
import type { Place } from "../types.ts";

/** What one staging goes by. */
export interface Staging {
  readonly request: StageRequest & { readonly place: Place };
  readonly found: Probe;
  /** Makes the place ours, if it is not; once. */
  readonly claim: () => Promise<unknown>;
}
