import type { HostRun, RunContext, Step } from "./host-run.ts";

/**
 * The context of commands that run in the copy that a host had when the run began: what they print is hidden where it may hold
 * secrets of that release, of which a lost record tells nothing. Pure.
 */
export function hidingFound<Context extends RunContext>(
  { release, probe }: Step["found"],
  { host }: Pick<HostRun, "host">,
  context: Context,
): Context {
  const { hidesOutput = false, hidesBack = () => false } = context;
  const hidesFound = release === undefined ? probe.current !== undefined : hidesBack(release, host.name);
  return { ...context, hidesOutput: hidesOutput || hidesFound };
}
