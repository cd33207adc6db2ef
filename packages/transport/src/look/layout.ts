/** The tree id that a folder of `releases/` holds: `<tree id>`, or `<tree id>~<run>` where a damaged one was healed. */
export function treeOf(dir: string): string {
  return dir.split("~", 1)[0] ?? dir;
}
