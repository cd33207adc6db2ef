export { compareTrees, type Difference } from "./compare.ts";
export type { Digest } from "./content.ts";
export { formatManifest, parseManifest, treeId } from "./format.ts";
export { type HashOptions, manifestOf } from "./hash.ts";
export { checkTreePaths } from "./paths.ts";
export { formatSums, parseSums, type Sum } from "./sums.ts";
export type { Content, DirEntry, Entry, FileEntry, LinkEntry, Manifest, Tree, TreeNode } from "./types.ts";
export { type HashTreeOptions, hashTree } from "./walk.ts";
export { type WriteTreeOptions, writeTree } from "./write.ts";
