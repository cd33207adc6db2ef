/**
 * What is wrong with a link at `path` of a tree; `undefined` when it stays inside, whatever the other links are: it
 * climbs only at its start, where folders are real, and each link on the rest of its way is held to the same.
 */
export function linkFlaw(path: string, target: string): string | undefined {
  if (target.startsWith("/")) return "an absolute path, outside of the tree";
  const parts = target.split("/").filter((part) => part !== "" && part !== ".");
  const climbs = parts.findIndex((part) => part !== "..");
  const up = climbs < 0 ? parts.length : climbs;
  if (up > path.split("/").length - 1) return "outside of the tree";
  return parts.slice(up).includes("..") ? 'which goes up again by ".." and may leave the tree' : undefined;
}
