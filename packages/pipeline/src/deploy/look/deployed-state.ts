import { type FacsimileError, throwProblems } from "@facsimile/core";
import { judgeDeployed, type State } from "@facsimile/state";
import type { DeployedState } from "@facsimile/transport";
import type { PipelineContext } from "../../context.ts";
import type { Outline } from "../../instance/outline.ts";
import type { Surveyed } from "./survey.ts";

export interface DeployedCheck {
  readonly outline: Pick<Outline, "definition">;
  readonly state: State;
  readonly surveyed: readonly Surveyed[];
  /** As it was typed, for whoever means it all the same. */
  readonly command?: string | undefined;
}

/** What hosts are to remember of a state; nothing before it is sealed, nor of a local instance: see docs/formats/deployed-1.md. */
export function deployedOf({ outline, state }: Pick<DeployedCheck, "outline" | "state">): DeployedState | undefined {
  const { scope, id, serial, digest } = state;
  if (outline.definition.local || id === undefined || digest === undefined) return undefined;
  return { scope, id, serial, digest };
}

/** @throws `STATE_ROLLED_BACK`, `STATE_REPLACED`, `STATE_MISSING`, for all hosts at once */
export function assertNotOlder(check: DeployedCheck): void {
  throwProblems(olderThanDeployed(check));
}

/** What is accepted all the same, or only looked at, is told. @returns What was told. */
export function warnOfOlder(
  check: DeployedCheck,
  { onEvent }: Pick<PipelineContext, "onEvent">,
): readonly FacsimileError[] {
  const problems = olderThanDeployed({ ...check, command: undefined });
  warn(problems, { onEvent });
  return problems;
}

export function warn(problems: readonly FacsimileError[], { onEvent }: Pick<PipelineContext, "onEvent">): void {
  for (const { message, hint } of problems)
    onEvent({ type: "warning", message, ...(hint === undefined ? {} : { hint }) });
}

/** Whether hosts remember a later state, or another. */
export function isOlder(check: DeployedCheck): boolean {
  return olderThanDeployed(check).length > 0;
}

/** Why hosts must not get this state: they remember a later one, or another. One problem for all that remember the same. */
function olderThanDeployed({ outline, state, surveyed, command }: DeployedCheck): FacsimileError[] {
  if (outline.definition.local) return [];
  const alike = new Map<string, { deployed: DeployedState; hosts: string[] }>();
  for (const { reached, projects } of surveyed) {
    // Projects may have homes of their own.
    for (const deployed of [...projects.values()].flatMap(({ probe }) => probe.states)) {
      if (deployed.scope !== state.scope) continue;
      const key = JSON.stringify(deployed);
      const hosts = new Set(alike.get(key)?.hosts).add(reached.host.name);
      alike.set(key, { deployed, hosts: [...hosts] });
    }
  }
  return [...alike.values()].flatMap((group) => judgeDeployed(state, { ...group, command }) ?? []);
}
