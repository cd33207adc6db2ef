/**
 * Patterns of rsync's `--exclude` as globs over the paths of a tree. rsync(1), PATTERN MATCHING RULES: one that begins with a slash is
 * anchored at the tree, any other matches at every depth; a folder goes with all that is in it.
 */
export function excludedGlobs(patterns: readonly string[]): string[] {
  return patterns.map((pattern) => {
    const plain = pattern.replace(/\/(\*\*\*)?$/, "").replace(/[(){}!+@|\\]/g, "\\$&");
    return plain.startsWith("/") ? plain.slice(1) : `**/${plain}`;
  });
}
