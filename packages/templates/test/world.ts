import fs from "node:fs/promises";
import { type TreeItem, tree } from "@facsimile/testing";
import { onTestFinished } from "vitest";
import {
  createRenderer,
  type Layer,
  type RendererOptions,
  readOverlay,
  type Tree,
  type TreeNode,
} from "../src/index.ts";

export type Files = Readonly<Record<string, TreeItem>>;

/** A folder that holds `files`, removed when the test ends. */
export function folder(files: Files = {}): Promise<string> {
  return tree(files, { onFinished: onTestFinished });
}

/** A layer of an overlay, called `name`. */
export async function layer(files: Files, name = "tmpl"): Promise<Layer> {
  return { name, dir: await folder(files) };
}

/** The renderer of an overlay of one layer, `tmpl`. */
export async function renderer(files: Files, options: RendererOptions = {}) {
  return createRenderer(await readOverlay([await layer(files)]), options);
}

/** What `text` renders to, as a file that every host gets. */
export async function render(text: string, context: object = {}, files: Files = {}): Promise<string> {
  const all = await renderer({ "_DEPLOY_/x": text, ...files });
  return show((await all.tree({ context, targets: [] })).get("x"));
}

/** The problems of rendering `text`: `CODE line:column message`. */
export async function problems(text: string, context: object = {}, files: Files = {}): Promise<string[]> {
  return failures(render(text, context, files));
}

/** What a promise fails with: `CODE file:line:column message`, the file only when it is not the first one. */
export async function failures(work: Promise<unknown>): Promise<string[]> {
  const error = (await work.then(
    () => undefined,
    (e: unknown) => e,
  )) as { problems?: Failure[] } & Failure;
  return (error === undefined ? [] : (error.problems ?? [error])).map(({ code, message, position }) => {
    if (position === undefined) return `${code} ${message}`;
    const file = position.file === "tmpl/_DEPLOY_/x" ? "" : `${position.file}:`;
    return `${code} ${file}${position.line}:${position.column} ${message}`;
  });
}

interface Failure {
  readonly code: string;
  readonly message: string;
  readonly position?: { readonly file: string; readonly line: number; readonly column: number };
}

/** A tree as people read it: path → text, `-> target` or `dir`. */
export async function shown(nodes: Tree): Promise<Record<string, string>> {
  const rows = await Promise.all([...nodes].map(async ([path, node]) => [path, await show(node)] as const));
  return Object.fromEntries(rows);
}

export async function show(node: TreeNode | undefined): Promise<string> {
  if (node === undefined) return "nothing";
  if (node.type === "dir") return "dir";
  if (node.type === "link") return `-> ${node.target}`;
  const { content } = node;
  return "bytes" in content ? Buffer.from(content.bytes).toString() : fs.readFile(content.file, "utf8");
}
