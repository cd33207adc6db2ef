import { type Environment, type FacsimileError, type InstanceName, isFacsimileError, type ProjectName, problemsOf } from "@facsimile/core"; // biome-ignore format: one line
import type { Conglomerate } from "../layers/conglomerate.ts";
import { type InstanceChain, instanceChain, stepsIn } from "../layers/instance-chain.ts";
import type { LayerText } from "../layers/roots.ts";
import type { Definition, Warning } from "../types.ts";
import { isStepOf, type Sides, type Sight, sightOf } from "./effect.ts";

/** One instance, for one project or for all. */
export interface Subject {
  readonly instance: InstanceName;
  readonly project: ProjectName | undefined;
}

export interface CheckOptions extends Subject {
  /** The edited one. */
  readonly layer: LayerText;
  readonly env: Environment;
}

/** What an edit makes of a subject. */
export interface Check extends Subject {
  /** Undefined where its files cannot be read. */
  readonly sight: Sight | undefined;
  /** What is wrong now, and was not before. */
  readonly problems: readonly FacsimileError[];
  /** What looks wrong now, and did not before. */
  readonly warnings: readonly Warning[];
}

/** Undefined where the chain does not use the layer. */
export async function checkEdit(sides: Sides<Conglomerate>, options: CheckOptions): Promise<Check | undefined> {
  const { layer, instance, project } = options;
  const old = attempt(() => instanceChain(sides.before, options));
  if (old.value !== undefined && !uses(old.value, layer)) return undefined;
  const fresh = attempt(() => instanceChain(sides.after, options));
  // A project may go: whoever still speaks of it is wrong by himself.
  if (old.value !== undefined && fresh.problems.some(({ code }) => code === "UNKNOWN_PROJECT")) return undefined;
  const { buildDefinition } = await import("../definition.ts");
  const built = ({ value, problems }: Attempt<InstanceChain>): Attempt<Definition> =>
    value === undefined ? { value, problems } : attempt(() => buildDefinition(value, options));

  const after = built(fresh);
  const isSound = after.value?.warnings.length === 0;
  const before = isSound ? after : built(old);
  const chains = { before: old.value, after: fresh.value };
  return {
    instance,
    project,
    sight: fresh.value && sight(chains, { ...options, definition: after.value }),
    problems: newIn(after.problems, before.problems),
    warnings: newIn(after.value?.warnings ?? [], before.value?.warnings ?? []),
  };
}

/** Whether the layer is one of the chain. */
export function uses({ layers }: InstanceChain, layer: LayerText): boolean {
  return layers.some((each) => isStepOf({ layer: each }, layer));
}

function sight(
  chains: Sides<InstanceChain | undefined>,
  { definition, ...options }: CheckOptions & { readonly definition: Definition | undefined },
): Sight {
  const silent = { onProblem: () => undefined, onWarning: () => undefined };
  const stepsOf = (chain: InstanceChain | undefined) => (chain === undefined ? [] : stepsIn(chain, silent).steps);
  const steps = { before: stepsOf(chains.before), after: stepsOf(chains.after) };
  const systems = steps.after.flatMap(({ view }) => (view?.kind === "system" ? { system: view.name } : []));
  const viewers = [{ system: "linux" }, ...systems, ...(definition?.hosts ?? [])];
  return sightOf(steps, { ...options, viewers });
}

interface Attempt<T> {
  readonly value: T | undefined;
  readonly problems: readonly FacsimileError[];
}

function attempt<T>(work: () => T): Attempt<T> {
  try {
    return { value: work(), problems: [] };
  } catch (error) {
    if (!isFacsimileError(error)) throw error;
    return { value: undefined, problems: problemsOf(error) };
  }
}

/** Lines do not count: what was said of one is said of the next when something is put above it. */
function newIn<T extends Pick<Warning, "code" | "message">>(
  all: readonly T[],
  known: readonly Warning[],
): readonly T[] {
  const idOf = ({ code, message }: Pick<Warning, "code" | "message">) => `${code} ${message.replace(/:\d+:\d+/g, "")}`;
  const before = new Set(known.map(idOf));
  return all.filter((each) => !before.has(idOf(each)));
}
