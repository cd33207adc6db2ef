import { formatPath, type KeyPath } from "@facsimile/core";
import { foldOnto } from "../merge/fold.ts";
import type { Step } from "../merge/steps.ts";
import type { Warning } from "../types.ts";
import type { ValueMap } from "../value.ts";
import { choices, type Finder, type Subject, stepId } from "./subjects.ts";

interface Idle {
  readonly step: Step;
  readonly path: KeyPath;
  readonly directive: string;
  missed: number;
}

/** Finds directives that find nothing to work on, wherever they are read and whoever sees them. */
export class IdleDirectives implements Finder {
  /** How often each file, or block of it, was folded. */
  readonly #looks = new Map<string, number>();
  readonly #idle = new Map<string, Idle>();
  /** Some project's own definitions, where what a directive is for may be, were not there to be read. */
  #isPartial = false;

  look(subject: Subject): void {
    for (const steps of choices(subject)) this.#fold(steps);
    // Of a chain that is not right, nobody knows what hits.
    if (subject.definition === undefined) this.#count(subject.steps);
    this.#isPartial ||= subject.project !== undefined;
  }

  findings(): readonly Warning[] {
    return [...this.#idle.values()]
      .filter(({ step, missed }) => missed === this.#looks.get(stepId(step)))
      .map(({ step, path, directive }) => ({
        code: "DIRECTIVE_IDLE",
        message: `${directive} at ${formatPath(path)} finds nothing to work on`,
        hint: this.#isPartial
          ? "Take it out, or mend its path; unless it is for what a source's own definitions set."
          : "Take it out, or mend its path.",
        position: step.locate(path),
      }));
  }

  #count(steps: readonly Step[]): void {
    for (const id of new Set(steps.map(stepId))) this.#looks.set(id, (this.#looks.get(id) ?? 0) + 1);
  }

  #fold(steps: readonly Step[]): void {
    this.#count(steps);
    const missed = new Map<string, Omit<Idle, "missed">>();
    let base: ValueMap = {};
    for (const step of steps) {
      const idle = (path: KeyPath, directive: string) => {
        // These are written for a module, where they are folded too.
        if (path[0] === "service" || path[0] === "config") return;
        missed.set(`${stepId(step)}\0${formatPath(path)}\0${directive}`, { step, path, directive });
      };
      base = foldOnto({ base, over: step.values }, { idle });
    }
    for (const [id, each] of missed) this.#idle.set(id, { ...each, missed: (this.#idle.get(id)?.missed ?? 0) + 1 });
  }
}
