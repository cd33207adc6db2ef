import type { FacsimileError, KeyPath, ProjectName } from "@facsimile/core";
import type { Origin } from "../merge/origin.ts";
import type { Layer } from "../merge/steps.ts";
import type { Value } from "../value.ts";

/** Where values come from. Secrets that stand in clear are hidden. */
export interface Explanation {
  /** What was asked for, as definitions write it: `module.worker` of templates is `modules.worker`. */
  readonly path: KeyPath;
  /** In their order; what is taken out, or set for some hosts only, comes last. */
  readonly leaves: readonly ExplainedLeaf[];
  /** `NOT_SET` where there are no leaves: what may have been meant, and where it was looked for. */
  readonly missing: FacsimileError | undefined;
  /** Where no project was asked for: those whose own layers, which are not among `layers`, set the path. */
  readonly projects: readonly ProjectName[];
  /** Every place where a layer was looked for, weakest first. */
  readonly layers: readonly LookedAt[];
  /** The project's sources, as people see the folder; undefined where there is no telling which. */
  readonly source: ExplainedSource | undefined;
  /** What is wrong with the layers so far; the whole is not checked. */
  readonly problems: readonly FacsimileError[];
}

export interface ExplainedSource {
  readonly folder: string;
  readonly found: boolean;
  /** The source carries all definitions: where it is there, nothing else was read. */
  readonly isWhole: boolean;
}

/** What is set as a whole: a scalar, a list, an empty map, a map that a reference brings. */
export interface ExplainedLeaf {
  readonly path: KeyPath;
  /** After interpolation; undefined where the last layer took it out, or only other views set it. */
  readonly value: Value | undefined;
  /** Its values are as written, before interpolation. Undefined where only other views set it. */
  readonly origin: Origin | undefined;
  /** The values that it is made of, where it is written with references such as `${home}/etc`. */
  readonly uses: readonly UsedValue[];
  /** Who sees another value; empty where a host, target or region was asked for. */
  readonly elsewhere: readonly OtherValue[];
}

export interface UsedValue {
  readonly path: KeyPath;
  readonly value: Value | undefined;
  readonly origin: Origin | undefined;
}

export interface OtherValue {
  /** The block that makes the difference: `@region:us`. */
  readonly view: string;
  readonly value: Value | undefined;
  readonly origin: Origin | undefined;
}

/** A place where a layer was looked for. */
export interface LookedAt {
  /** `define/staging.json5`, `defaults`, `--set x`. Of one that is missing, each place where it could be. */
  readonly name: string;
  readonly role: Layer["role"];
  readonly found: boolean;
  /** Another layer extends it, which is why it is here. */
  readonly isParent: boolean;
  /** The view blocks of it that apply: `@host:db1.eu`. */
  readonly views: readonly string[];
  /** It, or one of its views, sets the path. */
  readonly sets: boolean;
}
