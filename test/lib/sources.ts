import { readdirSync, readFileSync } from "node:fs";
import { basename, join, relative, sep } from "node:path";
import ts from "typescript";

/** The root of the repository. */
export const ROOT = join(import.meta.dirname, "..", "..");

export interface SourceFile {
  /** Relative to the root, with "/". */
  readonly path: string;
  readonly text: string;
  /** A test, or something that only tests use. */
  readonly test: boolean;
  readonly tree: ts.SourceFile;
}

export interface Package {
  /** The folder's name: `core`, `cli`. */
  readonly folder: string;
  readonly name: string;
  readonly dependencies: readonly string[];
  readonly devDependencies: readonly string[];
  readonly files: readonly SourceFile[];
}

export function readPackages(root = ROOT): Package[] {
  const folders = readdirSync(join(root, "packages"), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return folders.map(({ name }) => readPackage(root, name));
}

function readPackage(root: string, folder: string): Package {
  const place = join(root, "packages", folder);
  const json = readJson(join(place, "package.json"));
  const files = walk(place).filter((path) => path.endsWith(".ts") && /[/\\](src|test)[/\\]/.test(path));
  return {
    folder,
    name: String(json["name"]),
    dependencies: Object.keys({ ...record(json["dependencies"]), ...record(json["peerDependencies"]) }),
    devDependencies: Object.keys(record(json["devDependencies"])),
    files: files.map((path) => readSource(root, path)),
  };
}

/** Every file under `folder`, without what tools made or fetched. */
export function walk(folder: string): string[] {
  const skip = new Set(["node_modules", "dist", ".git", ".turbo", ".reports", "SRC", "BUILD", "RELEASE"]);
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => !skip.has(name))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (path.endsWith("templates-repo-example/sources")) return [];
      return entry.isDirectory() ? walk(path) : entry.isFile() ? [path] : [];
    });
}

export function readJson(path: string): Record<string, unknown> {
  return record(JSON.parse(readFileSync(path, "utf8")));
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

function readSource(root: string, absolute: string): SourceFile {
  const path = relative(root, absolute).split(sep).join("/");
  const text = readFileSync(absolute, "utf8");
  const tree = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  return { path, text, tree, test: /\/test\//.test(path) || /\.test\.ts$/.test(basename(path)) };
}

/** What the file imports, in every form of the language, with the line. */
export function importsOf({ text, tree }: SourceFile): { specifier: string; line: number }[] {
  return ts.preProcessFile(text, true, true).importedFiles.map(({ fileName, pos }) => ({
    specifier: fileName,
    line: tree.getLineAndCharacterOfPosition(pos).line + 1,
  }));
}

/** Every node of the file that `visit` gives a complaint for, as `path:line: complaint`. */
export function complaints(file: SourceFile, visit: (node: ts.Node) => string | undefined): string[] {
  const found: string[] = [];
  const go = (node: ts.Node): void => {
    const complaint = visit(node);
    if (complaint !== undefined) found.push(`${placeOf(file, node)}: ${complaint}`);
    ts.forEachChild(node, go);
  };
  go(file.tree);
  return found;
}

function placeOf({ path, tree }: SourceFile, node: ts.Node): string {
  return `${path}:${tree.getLineAndCharacterOfPosition(node.getStart(tree)).line + 1}`;
}
