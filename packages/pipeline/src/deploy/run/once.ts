import type { Hook } from "@facsimile/definitions";
import { concerns } from "./concerns.ts";
import type { HostRun, Step } from "./host-run.ts";

/** Commands with `once`: each belongs to the first host that would run it, and runs for all. */
export interface OnceHooks {
  readonly isFirst: (step: Step, hook: Hook) => boolean;
  readonly ran: (step: Step, hook: Hook) => void;
  /** A command that this host was to run for all has not run well: without it, others must not go on. */
  readonly owes: (run: HostRun) => boolean;
  /** This host is to run a command for all before they switch. */
  readonly leads: (run: HostRun) => boolean;
}

/** @param runs in the order in which they are switched */
export function onceHooks(runs: readonly HostRun[], kinds: readonly ("precmd" | "postcmd")[]): OnceHooks {
  const taken = new Set<string>();
  const first = new Map<Step, Set<Hook>>();
  const open = new Map<Step, Set<Hook>>();
  const moving = runs.flatMap(({ host, steps }) => steps.map((step) => ({ host, step }))).filter(({ step }) => step.kind !== "record"); // biome-ignore format: one line
  for (const { host, step } of moving) {
    const mine = kinds.flatMap((kind) =>
      step.copy.hooks[kind].filter((hook, index) => {
        const name = `${step.copy.project} ${kind} ${index}`;
        if (hook.once !== true || taken.has(name) || !concerns(hook, host)) return false;
        taken.add(name);
        return true;
      }),
    );
    first.set(step, new Set(mine));
    open.set(step, new Set(mine));
  }
  return {
    isFirst: (step, hook) => first.get(step)?.has(hook) ?? false,
    ran: (step, hook) => void open.get(step)?.delete(hook),
    owes: ({ steps }) => steps.some((step) => (open.get(step)?.size ?? 0) > 0),
    leads: ({ steps }) => steps.some((step) => step.copy.hooks.precmd.some((hook) => open.get(step)?.has(hook))),
  };
}
