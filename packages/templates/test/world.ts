import fs from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { onTestFinished } from "vitest";
import {
  createRenderer,
  type Layer,
  type RendererOptions,
  readOverlay,
  type Tree,
  type TreeNode,
} from "../src/index.ts";

/** What lies at a path: text, bytes, a link `{ link }`, an empty folder `{ dir }`, text with a mode `{ text, mode }`. */
export type Item = string | Uint8Array | { link: string } | { dir: number } | { text: string; mode: number };
export type Files = Readonly<Record<string, Item>>;

/** A folder that holds `files`, removed when the test ends. */
export async function folder(files: Files = {}): Promise<string> {
  const root = await fs.mkdtemp(path.join(os.tmpdir(), "facs-test-"));
  onTestFinished(() => fs.rm(root, { recursive: true }));
  for (const [name, item] of Object.entries(files)) await put(path.join(root, name), item);
  return root;
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
  const { tree } = await renderer({ "_DEPLOY_/x": text, ...files });
  return show((await tree({ context, targets: [] })).get("x"));
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
export async function shown(tree: Tree): Promise<Record<string, string>> {
  const rows = await Promise.all([...tree].map(async ([path, node]) => [path, await show(node)] as const));
  return Object.fromEntries(rows);
}

export async function show(node: TreeNode | undefined): Promise<string> {
  if (node === undefined) return "nothing";
  if (node.type === "dir") return "dir";
  if (node.type === "link") return `-> ${node.target}`;
  const { content } = node;
  return "bytes" in content ? Buffer.from(content.bytes).toString() : fs.readFile(content.file, "utf8");
}

async function put(file: string, item: Item): Promise<void> {
  await fs.mkdir(path.dirname(file), { recursive: true });
  if (typeof item === "string" || item instanceof Uint8Array) await fs.writeFile(file, item);
  else if ("link" in item) await fs.symlink(item.link, file);
  else if ("dir" in item) {
    await fs.mkdir(file);
    await fs.chmod(file, item.dir);
  } else {
    await fs.writeFile(file, item.text);
    await fs.chmod(file, item.mode);
  }
}
