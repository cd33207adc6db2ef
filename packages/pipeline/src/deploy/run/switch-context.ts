import type { RunContext } from "./host-run.ts";
import type { OnceHooks } from "./once.ts";

/** Where hosts run commands. */
export interface SwitchContext extends RunContext {
  readonly once: OnceHooks;
}
