import type { KeyPath } from "@facsimile/core";
import type { SourceFile } from "../files/source-file.ts";
import type { Value } from "../value.ts";

export const USER_TYPES = ["string", "number", "integer", "boolean", "object", "array", "null"] as const;
export type UserType = (typeof USER_TYPES)[number];

/** What the user's schema says about one value; what was wrong in the file is not in it. */
export interface UserNode {
  readonly source: SourceFile;
  /** Where in the file it stands. */
  readonly at: KeyPath;
  /** Undefined: any. */
  readonly types: readonly UserType[] | undefined;
  readonly says: UserKeywords;
  /** Whether a text matches `says.pattern`. */
  readonly matches: ((text: string) => boolean) | undefined;
  readonly properties: ReadonlyMap<string, UserNode>;
  readonly required: readonly string[];
  readonly items: UserNode | undefined;
  /** Of keys that `properties` does not name; undefined: any, false: there may be none. */
  readonly additional: UserNode | false | undefined;
}

/** The keywords that hold no further schema, as they are written. */
export interface UserKeywords {
  readonly title?: string;
  readonly description?: string;
  readonly examples?: readonly Value[];
  /** `true`, or what to write instead. */
  readonly deprecated?: boolean | string;
  readonly secret?: boolean;
  readonly renamedFrom?: string;
  readonly default?: Value;
  readonly enum?: readonly Value[];
  readonly const?: Value;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
}

export interface Described {
  /** `*` stands for every item of a list, and for every key that is not named. */
  readonly path: KeyPath;
  readonly node: UserNode;
}

/** Every value that the schema describes below `node`, from the top down. */
export function describedBelow(node: UserNode, path: KeyPath = []): readonly Described[] {
  const inner = [...node.properties].map(([key, each]) => ({ key, each }));
  const many = [node.items, node.additional].flatMap((each) => (each ? [{ key: "*", each }] : []));
  return [...inner, ...many].flatMap(({ key, each }) => {
    const below = [...path, key];
    return [{ path: below, node: each }, ...describedBelow(each, below)];
  });
}
