import type { Step, View } from "../merge/steps.ts";
import type { Host } from "../types.ts";

/** Who looks: a host, or with a system alone the controller. */
export type Viewer = Pick<Host, "system"> & Partial<Host>;

/** The steps that a host, or with a system alone the controller, sees; of one layer, targets in the host's order. */
export function stepsFor(steps: readonly Step[], viewer: Viewer): readonly Step[] {
  const seen = steps.filter(({ view }) => view === undefined || applies(view, viewer));
  return (viewer.targets?.length ?? 0) > 1 ? sortTargets(seen, viewer.targets ?? []) : seen;
}

function applies({ kind, name }: View, viewer: Viewer): boolean {
  switch (kind) {
    case "system":
      return viewer.system === name;
    case "region":
      return viewer.region === name;
    case "target":
      return viewer.targets?.some((target) => target === name) ?? false;
    case "host":
      return viewer.name === name;
  }
}

function sortTargets(steps: readonly Step[], targets: readonly string[]): readonly Step[] {
  const rank = ({ view }: Step) => (view?.kind === "target" ? targets.indexOf(view.name) : -1);
  return [...steps.keys()]
    .sort((a, b) => {
      const [left, right] = [steps[a], steps[b]] as [Step, Step];
      const together = left.layer === right.layer && rank(left) >= 0 && rank(right) >= 0;
      return together ? rank(left) - rank(right) : a - b;
    })
    .flatMap((index) => steps[index] ?? []);
}
