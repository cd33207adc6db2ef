import { type HostRun, isReady, mayGoOn, type RunContext } from "./host-run.ts";
import { onceHooks } from "./once.ts";
import { takeBack } from "./revert.ts";
import { confirmAll, precmdAll, switchAll } from "./switch.ts";

/** All hosts are staged: switches them all; a failure takes all back. */
export async function together(active: readonly HostRun[], context: RunContext): Promise<void> {
  const staged = active.filter(isReady);
  const before = onceHooks(staged, ["precmd"]);
  await precmdAll(staged, { ...context, once: before });
  if (!mayGoOn(active, context) || staged.some(before.owes)) return;

  context.letGo(); // From here on, only the end of the work leaves hosts alike.
  const ready = staged.filter(isReady);
  const switching = { ...context, once: onceHooks(ready, ["postcmd"]) };
  await switchAll(ready, switching);
  if (ready.every(isReady)) await confirmAll(ready, context);
  else await takeBack(ready, { all: active, context: switching });
}
