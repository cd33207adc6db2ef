import { formatPath, type KeyPath, type Position } from "@facsimile/core";
import { entryOf, isMap, type Value, type ValueMap, valueAt } from "../value.ts";
import { foldOnto } from "./fold.ts";
import type { Step } from "./steps.ts";

/** Where a value comes from. */
export interface Origin {
  /** The layer's name: `define/staging.json5`, `defaults`, `--set home`. */
  readonly layer: string;
  /** The view block in it, `@host:db1.eu`; undefined for what the layer says to all. */
  readonly view: string | undefined;
  /** Undefined where no file holds it. */
  readonly position: Position | undefined;
  /** The value as this layer left it, before interpolation; undefined where it deleted it. */
  readonly value: Value | undefined;
  /** What it overrode, strongest first. */
  readonly overrode: readonly Origin[];
}

/** The history of `path`: only the steps that reach it are folded again, and only along it. */
export function originOf(steps: readonly Step[], path: KeyPath): Origin | undefined {
  let base: ValueMap = {};
  const found: Omit<Origin, "overrode">[] = [];
  for (const step of steps) {
    const branch = branchOf(step.values, path);
    if (branch === undefined) continue;
    base = foldOnto({ base, over: branch.values });
    const { layer, view } = step;
    const shown = view === undefined ? undefined : `@${view.kind}:${view.name}`;
    const position = step.locate(branch.reached);
    found.push({ layer: layer.name, view: shown, position, value: valueAt(base, path) });
  }
  return chain(found);
}

/** Where the strongest layer wrote `path`, or the nearest that any layer wrote above it. */
export function placeOf(steps: readonly Step[], { path, part }: { path: KeyPath; part?: "key" | "value" }) {
  for (let length = path.length; length > 0; length--) {
    const outer = path.slice(0, length);
    const step = steps.findLast(
      (each) => each.layer.source !== undefined && branchOf(each.values, outer) !== undefined,
    );
    if (step !== undefined) return step.locate(path, part);
  }
  return undefined;
}

/** Whether the values say anything about `path`. */
export function sets(values: ValueMap, path: KeyPath): boolean {
  return branchOf(values, path) !== undefined;
}

interface Branch {
  readonly values: ValueMap;
  /** How far along the path the layer writes anything. */
  readonly reached: KeyPath;
}

/** `values` with nothing but what lies on the path: down to it, or to what stands in for it (a list, a directive). */
function branchOf(values: ValueMap, path: KeyPath): Branch | undefined {
  const [key, ...rest] = path;
  if (key === undefined) return { values, reached: [] };
  const value = entryOf(values, key);
  if (value === undefined) return undefined;
  const isBranch = isMap(value) && rest.length > 0 && !Object.keys(value).some((each) => each.startsWith("$"));
  if (!isBranch) return { values: { [key]: value }, reached: path };
  const inner = branchOf(value, rest);
  return inner && { values: { [key]: inner.values }, reached: path };
}

function chain(found: readonly Omit<Origin, "overrode">[]): Origin | undefined {
  const [last, ...weaker] = [...found].reverse();
  if (last === undefined) return undefined;
  const overrode = weaker.map((each) => ({ ...each, overrode: [] }));
  return { ...last, overrode };
}

/** `deploy.nodes set at define/dev.json5:3:7`, for messages. */
export function shownOrigin(origin: Origin | undefined, path: KeyPath): string {
  if (origin === undefined) return formatPath(path);
  const { position, layer } = origin;
  return position === undefined ? layer : `${position.file}:${position.line}:${position.column}`;
}
