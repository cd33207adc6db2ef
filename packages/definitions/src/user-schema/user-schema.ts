import { FacsimileError, type KeyPath, type Position } from "@facsimile/core";
import type { Finding } from "../checks/finding.ts";
import type { Part, SourceFile } from "../files/source-file.ts";
import { memoized } from "../memo.ts";
import type { OnProblem } from "../merge/steps.ts";
import { isMap, kindOf, type ValueMap } from "../value.ts";
import { defaultsOf, placeOfDefault } from "./defaults.ts";
import { describedBelow, type UserNode } from "./node.ts";
import { readNode } from "./read.ts";
import { renamesIn, type UserRename } from "./renames.ts";

/** What the user's own schema, `define/schema.*`, says about the keys that Facsimile does not know. */
export interface UserSchema {
  readonly source: SourceFile;
  /** All defaults in one map, as a layer beneath all others; frozen at every depth. */
  readonly defaults: ValueMap;
  /** Where the default of `path` is written: of what lies in a default too, else of its nearest parent. */
  locateDefault(path: KeyPath, part?: Part): Position;
  /** In the order in which to follow them: what lies deeper moves first. */
  readonly renames: readonly UserRename[];
  /** `*` in a path stands for every item or key there: see `placesOf`. `note`: what to write instead. */
  readonly deprecated: readonly { readonly path: KeyPath; readonly note: string | undefined }[];
  /** Keys whose values must not be written in clear; `*` as in `deprecated`. */
  readonly secrets: readonly KeyPath[];
  /** The description of a whole definition. */
  readonly root: UserNode;
}

/** Reports every problem of the schema file with its place; always gives a schema, without the wrong parts. */
export function readUserSchema(source: SourceFile, onProblem: OnProblem): UserSchema {
  const { schema, problems } = read(source);
  for (const problem of problems) onProblem(problem);
  return schema;
}

/** Once for each file, so that what is remembered of its nodes lasts. */
const read = memoized((source: SourceFile) => {
  const problems: FacsimileError[] = [];
  const report = ({ code, message, hint, path, part }: Finding) => {
    problems.push(new FacsimileError(code, message, { hint, position: source.locate(path, part) }));
  };
  const { value } = source;
  if (!isMap(value)) {
    const message = `holds ${kindOf(value)}; expected a map of keywords`;
    problems.push(new FacsimileError("NOT_A_MAP", message, { position: source.locate([]) }));
  }
  const root = readNode(isMap(value) ? value : {}, { source, at: [], many: false, report });
  return { schema: schemaOf(root, report), problems };
});

function schemaOf(root: UserNode, report: (finding: Finding) => void): UserSchema {
  const described = describedBelow(root);
  return Object.freeze<UserSchema>({
    source: root.source,
    root,
    defaults: defaultsOf(root),
    locateDefault: (path, part) => placeOfDefault(root, { path, part }),
    renames: renamesIn(described, report),
    deprecated: described.flatMap(({ path, node: { says } }) => {
      const { deprecated } = says;
      if (deprecated === undefined || deprecated === false) return [];
      return { path, note: typeof deprecated === "string" ? deprecated : undefined };
    }),
    secrets: described.flatMap(({ path, node }) => (node.says.secret === true ? [path] : [])),
  });
}
