import fs from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { removeSync } from "./cleanup.ts";

/** A file's text or bytes, also with a mode; a link's target. */
export type TreeItem =
  | string
  | Uint8Array
  | { readonly content: string | Uint8Array; readonly mode: number }
  | { readonly dir: number }
  | { readonly link: string };

export interface TreeOptions {
  /** The folder to fill. Default: a new temporary one. */
  readonly root?: string;
  /** Called with what removes it, e.g. vitest's `onTestFinished`. */
  readonly onFinished?: (remove: () => Promise<void>) => void;
}

/** Writes `files` (path → what it is) beneath a folder. @returns The folder. */
export async function tree(files: Readonly<Record<string, TreeItem>> = {}, options: TreeOptions = {}): Promise<string> {
  const root = options.root ?? (await fs.mkdtemp(path.join(os.tmpdir(), "facs-tree-")));
  options.onFinished?.(async () => removeSync(root));
  for (const [name, item] of Object.entries(files)) await writeItem(path.join(root, name), item);
  return root;
}

async function writeItem(file: string, item: TreeItem): Promise<void> {
  await fs.mkdir(path.dirname(file), { recursive: true });
  if (typeof item === "string" || item instanceof Uint8Array) return await writeFile(file, item, 0o644);
  if ("link" in item) return await fs.symlink(item.link, file);
  if ("content" in item) return await writeFile(file, item.content, item.mode);
  await fs.mkdir(file, { recursive: true });
  await fs.chmod(file, item.dir);
}

async function writeFile(file: string, content: string | Uint8Array, mode: number): Promise<void> {
  await fs.writeFile(file, content);
  await fs.chmod(file, mode);
}

/** What {@link readTree} says of a path: type and octal mode, then content (text as it is; else base64) or target. */
export type TreeView = Readonly<Record<string, string>>;

/** Every path beneath `root`, sorted, as `file 644 <content>`, `dir 755` or `link <target>`: equal views, equal trees. */
export async function readTree(root: string): Promise<TreeView> {
  const view: Record<string, string> = {};
  // Without types it would go through links to folders.
  const entries = await fs.readdir(root, { recursive: true, withFileTypes: true });
  const names = entries.map((entry) => path.relative(root, path.join(entry.parentPath, entry.name))).sort();
  for (const name of names) view[name] = await describe(path.join(root, name));
  return view;
}

async function describe(file: string): Promise<string> {
  const stat = await fs.lstat(file);
  const mode = (stat.mode & 0o7777).toString(8);
  if (stat.isSymbolicLink()) return `link ${await fs.readlink(file)}`;
  if (stat.isDirectory()) return `dir ${mode}`;
  if (!stat.isFile()) return `other ${mode}`;
  const bytes = await fs.readFile(file);
  const text = bytes.toString();
  return `file ${mode} ${Buffer.from(text).equals(bytes) ? text : `base64:${bytes.toString("base64")}`}`;
}
