import type { Collection, Composition } from "./yaml-style.ts";
import type { Item } from "./yaml-tokens.ts";

/** A map or list of a YAML text, with what is to happen in it. */
export interface Site extends Composition {
  readonly node: Collection;
  /** In the order of the text. */
  readonly items: readonly Item[];
  readonly key: string;
  /** Of what is there; -1 where nothing is. */
  readonly index: number;
}
