export { compareTrees, type Difference } from "./compare.ts";
export { formatManifest, parseManifest, treeId } from "./format.ts";
export { type HashOptions, type HashTreeOptions, hashTree, manifestOf } from "./hash.ts";
export { checkTreePaths } from "./paths.ts";
export { formatSums, parseSums, type Sum } from "./sums.ts";
export type { Content, DirEntry, Entry, FileEntry, LinkEntry, Manifest, Tree, TreeNode } from "./types.ts";
