import { didYouMean } from "@facsimile/core";
import type { Step, View } from "../merge/steps.ts";
import type { Warning } from "../types.ts";
import { choices, type Finder, type Subject, stepId } from "./subjects.ts";

/** Finds view blocks that no host of any instance sees. */
export class UnusedViews implements Finder {
  readonly #declared = new Map<string, Step>();
  readonly #used = new Set<string>();
  readonly #names = { region: new Set<string>(), target: new Set<string>(), host: new Set<string>() };

  look(subject: Subject): void {
    for (const step of subject.steps) if (step.view !== undefined) this.#declared.set(stepId(step), step);
    // Of a chain that is not right, nobody knows the hosts.
    const seen = subject.definition === undefined ? [subject.steps] : choices(subject);
    for (const step of seen.flat()) this.#used.add(stepId(step));
    for (const { name, region, targets } of subject.definition?.hosts ?? []) {
      this.#names.host.add(name);
      if (region !== undefined) this.#names.region.add(region);
      for (const target of targets) this.#names.target.add(target);
    }
  }

  findings(): readonly Warning[] {
    return [...this.#declared]
      .filter(([id, { view }]) => !this.#used.has(id) && view?.kind !== "system")
      .flatMap(([, { view, locate }]) => (view === undefined ? [] : this.#finding(view, locate)));
  }

  #finding({ kind, name }: View, locate: Step["locate"]): Warning {
    const near = kind === "system" ? undefined : didYouMean(name, this.#names[kind]);
    return {
      code: "VIEW_UNUSED",
      message: `${WHO[kind]} ${name}, so nobody sees this block`,
      hint: near === undefined ? "Take it out, or mend its name." : `Did you mean "@${kind}:${near}"?`,
      position: locate([], "key"),
    };
  }
}

const WHO: Readonly<Record<View["kind"], string>> = {
  system: "no host runs",
  region: "no host is in region",
  target: "no host has target",
  host: "there is no host",
};
