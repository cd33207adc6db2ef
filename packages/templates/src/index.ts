export { type Landing, landing } from "./landing.ts";
export { LIMITS, type Limits } from "./limits.ts";
export { linkFlaw } from "./links.ts";
export { type Overlay, type OverlayEntry, readOverlay } from "./overlay.ts";
export { createRenderer, type FileRequest, type Renderer, type RendererOptions, type TreeRequest } from "./renderer.ts";
export type { Content, DirNode, FileNode, Layer, LinkNode, TagLines, Tree, TreeNode } from "./types.ts";
