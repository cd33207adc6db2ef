import { formatPath, isFacsimileError, type KeyPath, parsePath } from "@facsimile/core";
import type { Finding } from "../checks/finding.ts";
import { refusedName } from "./names.ts";
import type { Described } from "./node.ts";

export interface UserRename {
  readonly from: KeyPath;
  readonly to: KeyPath;
}

/** What `renamedFrom` says, where it can be followed; what lies deeper comes first, so that it is moved out first. */
export function renamesIn(described: readonly Described[], report: (finding: Finding) => void): readonly UserRename[] {
  const others: Others = { described: new Set(described.map(({ path }) => formatPath(path))), renames: new Map() };
  for (const { path: to, node } of described) {
    const text = node.says.renamedFrom;
    if (text === undefined) continue;
    const from = read(text);
    const why = from === undefined ? "is not a path of keys" : whyNot({ from, to }, others);
    if (from !== undefined && why === undefined) others.renames.set(formatPath(from), { from, to });
    else report(refused([...node.at, "renamedFrom"], { text, why: why ?? "" }));
  }
  return [...others.renames.values()].sort((a, b) => b.from.length - a.from.length);
}

function read(text: string): KeyPath | undefined {
  try {
    return parsePath(text);
  } catch (error) {
    if (!isFacsimileError(error, "BAD_PATH")) throw error;
    return undefined;
  }
}

/** By their paths as texts. */
interface Others {
  readonly described: ReadonlySet<string>;
  readonly renames: Map<string, UserRename>;
}

function whyNot({ from, to }: UserRename, { described, renames }: Others): string | undefined {
  const name = refusedName(from[0] ?? "", { isTop: true });
  if (name !== undefined) return name.why;
  if (isAbove(from, to) || isAbove(to, from)) return "is the key itself, or lies on the way to or below it";
  if (described.has(formatPath(from))) {
    return "is described by this schema too: only one of the two names can be the new one";
  }
  const twin = renames.get(formatPath(from));
  return twin === undefined ? undefined : `became ${formatPath(twin.to)} already`;
}

/** Whether `outer` is the path, or above it. */
function isAbove(outer: KeyPath, path: KeyPath): boolean {
  return outer.length <= path.length && outer.every((key, index) => key === path[index]);
}

function refused(path: KeyPath, { text, why }: { text: string; why: string }): Finding {
  const message = `${formatPath(path)} is ${JSON.stringify(text)}, which ${why}`;
  const hint = 'Write the old path from the top of a definition: "shop.port".';
  return { code: "INVALID_VALUE", path, message, hint };
}
