import type { Step } from "./steps.ts";
import type { Warning } from "./types.ts";

/** Finds view blocks that no host of any instance sees. */
export class UnusedViews {
  readonly #declared = new Set<Step>();
  readonly #used = new Set<Step>();

  declare(steps: readonly Step[]): void {
    for (const step of steps) if (step.view !== undefined && step.view.kind !== "system") this.#declared.add(step);
  }

  use(steps: readonly Step[]): void {
    for (const step of steps) this.#used.add(step);
  }

  findings(): readonly Warning[] {
    const unused = [...this.#declared].filter((step) => !this.#used.has(step));
    return unused.map(({ view, locate }) => ({
      code: "VIEW_UNUSED",
      message: view?.kind === "host" ? `there is no host ${view.name}` : `no host is in ${view?.kind} ${view?.name}`,
      hint: "Take the block out, or mend the name.",
      position: locate([], "key"),
    }));
  }
}
