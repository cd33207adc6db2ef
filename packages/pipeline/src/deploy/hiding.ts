import type { HostRun, RunContext, Step } from "./host-run.ts";

/**
 * The same, for commands that run in the copy that a host had when the run began: what they print may hold secrets of that
 * release, and of one whose record is lost nobody knows. Pure.
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
