import { didYouMean, FacsimileError, type KeyPath, type Position } from "@facsimile/core";
import type { Part, SourceFile } from "../files/source-file.ts";
import { memoized } from "../memo.ts";
import { isMap, type Value, type ValueMap } from "../value.ts";

/** One set of values in the chain. */
export interface Layer {
  /** As people know it: `define/staging.json5`, `defaults`, `--set home`. */
  readonly name: string;
  readonly root: "source" | "conglomerate" | "defaults" | "set";
  readonly role: "defaults" | "modules" | "base" | "project" | "instance" | "install" | "set";
  /** Undefined where no file holds it. */
  readonly source: SourceFile | undefined;
  /** Where in the file the body lies. */
  readonly at: KeyPath;
  readonly body: ValueMap;
}

/** A piece that the fold takes: a layer's body, one of its view blocks, or a part of them under another name. */
export interface Step {
  readonly layer: Layer;
  /** Undefined for what is for all. */
  readonly view: View | undefined;
  readonly values: ValueMap;
  /** Where `path` of the values is written, or its nearest parent; undefined where no file holds it. */
  locate(path: KeyPath, part?: Part): Position | undefined;
}

/** Nothing in the step's values is a directive or refers to others. */
export function isInert({ layer: { source, role } }: Step): boolean {
  return source === undefined ? role === "defaults" : source.isInert;
}

export interface Steps {
  readonly steps: readonly Step[];
  readonly problems: readonly FacsimileError[];
}

export type ViewKind = (typeof VIEW_KINDS)[number];

/** `"@region:eu"`, taken apart. */
export interface View {
  readonly kind: ViewKind;
  readonly name: string;
}

/** From weak to strong. */
const VIEW_KINDS = ["system", "region", "target", "host"] as const;

/** Keys that steer the loading and are no values. */
const CONTROL = new Set(["extends", "$schema"]);

/** Of most layers all keys are. */
const isPlain = (key: string) => !CONTROL.has(key) && !key.startsWith("@") && !key.startsWith("$");

export type OnProblem = (problem: FacsimileError) => void;

/** A layer's body, then its view blocks in the order system, region, target, host. */
export const stepsOf = memoized((layer: Layer): Steps => {
  if (Object.keys(layer.body).every(isPlain)) {
    return { steps: [stepAt(layer.at, { layer, view: undefined, values: layer.body })], problems: [] };
  }
  const problems: FacsimileError[] = [];
  const onProblem: OnProblem = (problem) => problems.push(problem);
  const entries = plainEntries(layer.body, { layer, at: layer.at, onProblem });
  const blocks = entries.filter(([key]) => key.startsWith("@"));
  const plain = entries.filter(([key]) => !key.startsWith("@"));
  const body = stepAt(layer.at, { layer, view: undefined, values: Object.fromEntries(plain) });
  const views = blocks.flatMap(([key, values]) => {
    const at = [...layer.at, key];
    const view = readView(key);
    if (view !== undefined && isMap(values)) {
      if (Object.hasOwn(values, "extends")) onProblem(extendsInView(layer, at));
      const inner = Object.fromEntries(plainEntries(values, { layer, at, onProblem }));
      return [stepAt(at, { layer, view, values: inner })];
    }
    onProblem(badView(key, { layer, at, known: view !== undefined }));
    return [];
  });
  const rank = ({ view }: Step) => VIEW_KINDS.indexOf(view?.kind ?? "system");
  return { steps: [body, ...views.sort((a, b) => rank(a) - rank(b))], problems };
});

/** A step whose values are written at `at` in the layer's file. */
export function stepAt(at: KeyPath, { layer, view, values }: Omit<Step, "locate">): Step {
  const locate: Step["locate"] = (path, part) => layer.source?.locate([...at, ...path], part);
  return { layer, view, values: Object.freeze(values), locate };
}

/** A directive works on a key: on a whole layer it would take away what every other file relies on. */
function plainEntries(
  body: ValueMap,
  { layer, at, onProblem }: { layer: Layer; at: KeyPath; onProblem: OnProblem },
): readonly (readonly [string, Value])[] {
  return Object.entries(body).filter(([key]) => {
    if (CONTROL.has(key)) return false;
    if (!key.startsWith("$")) return true;
    const position = layer.source?.locate([...at, key], "key");
    const hint = "Write it at the keys that it is meant for.";
    onProblem(new FacsimileError("BAD_DIRECTIVE", `${key} cannot stand at the top of a layer`, { hint, position }));
    return false;
  });
}

function readView(key: string): View | undefined {
  const [, kind, name] = /^@([a-z]+):([A-Za-z0-9_][A-Za-z0-9._-]*)$/.exec(key) ?? [];
  const known = VIEW_KINDS.find((each) => each === kind);
  return known === undefined || name === undefined ? undefined : { kind: known, name };
}

function extendsInView(layer: Layer, at: KeyPath): FacsimileError {
  const position = layer.source?.locate([...at, "extends"], "key");
  const hint = "Files are chosen before there are views: write it at the top of the file.";
  return new FacsimileError("KEY_NOT_ALLOWED", "a view cannot set extends", { hint, position });
}

function badView(key: string, { layer, at, known }: { layer: Layer; at: KeyPath; known: boolean }): FacsimileError {
  const position = layer.source?.locate(at, "key");
  const hint = `Write ${JSON.stringify(key)}: { … }.`;
  if (known) return new FacsimileError("BAD_VIEW", `${key} holds no map of values`, { hint, position });
  const [kind = "", ...rest] = key.slice(1).split(":");
  const near = didYouMean(kind, VIEW_KINDS);
  return new FacsimileError("BAD_VIEW", `${JSON.stringify(key)} is not a view`, {
    hint:
      near === undefined
        ? 'Views are "@region:eu", "@target:x", "@host:x", "@system:linux".'
        : `Did you mean ${JSON.stringify([`@${near}`, ...rest].join(":"))}?`,
    position,
  });
}
