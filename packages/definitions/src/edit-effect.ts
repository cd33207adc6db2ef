import { type Environment, FacsimileError, type InstanceName, isFacsimileError, type KeyPath, type ProjectName, problemsOf, throwProblems } from "@facsimile/core"; // biome-ignore format: one line
import { assemble } from "./assemble.ts";
import type { Conglomerate } from "./conglomerate.ts";
import { filesIn, instanceChain, stepsIn } from "./instance-chain.ts";
import { type Origin, originOf, sets } from "./origin.ts";
import { resolve } from "./resolve.ts";
import type { Step } from "./steps.ts";
import { sameValue, type Value, valueAt } from "./value.ts";

/** What one instance, for one project or for all, sees of a change. */
export interface Effect {
  readonly instance: string;
  readonly project: string | undefined;
  readonly before: Value | undefined;
  readonly after: Value | undefined;
  /** What is stronger, where the change has no effect because of it. */
  readonly hiddenBy: Origin | undefined;
}

export interface EffectOptions {
  readonly instance: InstanceName;
  readonly project: ProjectName | undefined;
  /** The edited file, and the layer and key in it. */
  readonly file: string;
  readonly at: KeyPath;
  readonly key: KeyPath;
  readonly env: Environment;
}

interface Sides {
  readonly before: Conglomerate;
  readonly after: Conglomerate;
}

/** Undefined where the chain does not use the file. @throws what the change breaks */
export async function effectOf(sides: Sides, options: EffectOptions): Promise<Effect | undefined> {
  const { instance, project, key } = options;
  const [view, path] = /^@[a-z]+:/.test(key[0] ?? "") ? [key[0], key.slice(1)] : [undefined, key];
  const [before, after] = [sides.before, sides.after].map((side) => look(side, { ...options, view, path }));
  if (!before?.uses && !after?.uses) return undefined;
  await checkSound(sides, options);
  const isSeen = !sameValue(before?.value, after?.value);
  const hiddenBy = isSeen ? undefined : after?.stronger;
  const { value: old } = before ?? {};
  return { instance: instance.full, project, before: old, after: after?.value, hiddenBy };
}

interface Look {
  readonly uses: boolean;
  readonly value?: Value | undefined;
  /** Who sets the path after the edited layer does. */
  readonly stronger?: Origin | undefined;
}

/** As everybody sees it or, for a change in a view block, as those do whom only this block is for. */
function look(
  conglomerate: Conglomerate,
  { instance, project, file, at, env, view, path }: EffectOptions & { view: string | undefined; path: KeyPath },
): Look {
  const silent = { env, onProblem: () => undefined, onWarning: () => undefined };
  try {
    const chain = instanceChain(conglomerate, { instance, project });
    if (!filesIn(chain).includes(file)) return { uses: false };
    const { steps } = stepsIn(chain, silent);
    const seen = steps.filter((step) => step.view === undefined || nameOf(step) === view);
    const own = seen.findLastIndex((step) => isIn(step, { file, at }) && nameOf(step) === view);
    const isStronger = seen.slice(own + 1).some(({ values }) => sets(values, path));
    const stronger = isStronger ? originOf(seen, path) : undefined;
    return { uses: true, value: valueAt(assemble(seen, silent), path), stronger };
  } catch (error) {
    // What keeps it from being read is told by the check.
    if (isFacsimileError(error)) return { uses: true };
    throw error;
  }
}

function isIn({ layer }: Step, { file, at }: Pick<EffectOptions, "file" | "at">): boolean {
  return layer.source?.file === file && at.every((key, depth) => layer.at[depth] === key);
}

function nameOf({ view }: Step): string | undefined {
  return view === undefined ? undefined : `@${view.kind}:${view.name}`;
}

/** Nothing may be wrong afterwards that was right before. Places in the new text would mislead: nobody has it yet. */
async function checkSound({ before, after }: Sides, { instance, project, env, file }: EffectOptions): Promise<void> {
  const [old, fresh] = await Promise.all([before, after].map((side) => wrongIn(side, { instance, project, env })));
  const known = new Set(old?.map(({ message }) => message));
  const broken = fresh?.filter(({ message }) => !known.has(message)) ?? [];
  throwProblems(
    broken.map(({ code, message, hint }) => {
      const what = `with this change to ${file}, ${instance.full} would be wrong: ${message}`;
      return new FacsimileError(code, what, { hint: [hint, "Nothing was written."].join(" ").trim() });
    }),
  );
}

async function wrongIn(conglomerate: Conglomerate, options: Pick<EffectOptions, "instance" | "project" | "env">) {
  try {
    await resolve(conglomerate, options);
    return [];
  } catch (error) {
    if (!isFacsimileError(error)) throw error;
    return problemsOf(error);
  }
}
