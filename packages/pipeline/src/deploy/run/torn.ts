import { Records } from "../look/records.ts";
import { surveyHistory } from "../look/survey.ts";
import { type HostRun, lockOf, type Step } from "./host-run.ts";

/** A home that holds a copy, and no known one: perhaps a switch into it was killed half way. */
export function isTorn({ found: { place, probe } }: Step): boolean {
  return place.strategy === "mirror" && probe.adoption === "ours" && probe.current === undefined;
}

/** Takes such switches back, under the lock: what ran before them is what a failure of this run goes back to. */
export async function recoverAll(run: HostRun): Promise<void> {
  for (const [index, step] of run.steps.entries()) {
    const { definition, host, copy, found, wanted } = step;
    if (!isTorn(step) || !(await lockOf(run, found.place).recover(found.place))) continue;
    const request = { definition, project: copy.project, host, records: new Records(new Map(), nothingHere), wanted };
    run.steps[index] = { ...step, found: await surveyHistory(run.session, request) };
  }
}

const nothingHere = async () => undefined;
