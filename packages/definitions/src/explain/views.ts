import { isFacsimileError, type KeyPath } from "@facsimile/core";
import { viewerOf } from "../layers/viewer.ts";
import { stepsFor, type Viewer } from "../layers/views.ts";
import { type AssembleOptions, assemble } from "../merge/assemble.ts";
import { foldValues } from "../merge/fold.ts";
import { sets } from "../merge/origin.ts";
import { dependenciesOf } from "../merge/references.ts";
import type { Step, View } from "../merge/steps.ts";
import type { ValueMap } from "../value.ts";

/** What somebody sees. */
export interface Glance {
  readonly steps: readonly Step[];
  /** As written, before interpolation. */
  readonly written: ValueMap;
  readonly values: ValueMap;
}

export interface OtherGlance extends Glance {
  /** `@region:us` */
  readonly view: string;
}

export function glanceAt(steps: readonly Step[], options: AssembleOptions): Glance {
  return { steps, written: foldValues(steps.map(({ values }) => values)), values: assemble(steps, options) };
}

export interface OtherViewsOptions {
  /** What everybody sees. */
  readonly glance: Glance;
  readonly path: KeyPath;
  readonly system: string;
  readonly project: string | undefined;
  readonly assemble: AssembleOptions;
}

/** For each block that everybody does not see, and that sets the path or what its value is made of: what who sees it sees. */
export function otherViews(all: readonly Step[], options: OtherViewsOptions): readonly OtherGlance[] {
  const { glance, path } = options;
  const paths = [path, ...dependenciesOf(path, glance.written)];
  const blocks = all.filter((step) => step.view !== undefined && !glance.steps.includes(step));
  const telling = blocks.filter(({ values }) => paths.some((each) => sets(values, each)));
  const views = new Map(telling.flatMap(({ view }) => (view === undefined ? [] : [[viewText(view), view]])));
  return [...views].flatMap(([name, view]) => {
    const viewer = viewerFor(view, options);
    return viewer === undefined ? [] : [{ view: name, ...glanceAt(stepsFor(all, viewer), options.assemble) }];
  });
}

export function viewText({ kind, name }: View): string {
  return `@${kind}:${name}`;
}

/** Undefined where the instance has no such host, target or region. */
function viewerFor({ kind, name }: View, { glance, system, project }: OtherViewsOptions): Viewer | undefined {
  if (kind === "system") return { system: name };
  try {
    return viewerOf(glance.values, { [kind]: name, system, project });
  } catch (error) {
    if (isFacsimileError(error)) return undefined;
    throw error;
  }
}
