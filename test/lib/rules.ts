import { isBuiltin } from "node:module";
import { join, normalize } from "node:path";
import ts from "typescript";
import { complaints, importsOf, type Package, type SourceFile } from "./sources.ts";

/** What each package may import of the others: core ← {definitions, state, templates, manifest ← transport} ← pipeline ← cli. */
export const GRAPH: Readonly<Record<string, readonly string[]>> = {
  core: [],
  definitions: ["core"],
  state: ["core"],
  templates: ["core"],
  manifest: ["core"],
  transport: ["core", "manifest"],
  pipeline: ["core", "definitions", "state", "templates", "manifest", "transport"],
  cli: ["core", "definitions", "state", "templates", "manifest", "transport", "pipeline"],
  testing: ["core"],
};

export const MAX_FILE_LINES = 250;
export const MAX_FUNCTION_LINES = 50;

/** Packages that talk to the world of their own accord. */
const OUTSPOKEN = ["cli", "testing"];

/** Edges in package.json that are not in the graph. */
export function declaredEdges(pack: Package): string[] {
  const allowed = GRAPH[pack.folder] ?? [];
  const edges = [...pack.dependencies, ...pack.devDependencies].flatMap((name) => folderOf(name) ?? []);
  const wrong = edges.filter((to) => to !== "testing" && !allowed.includes(to));
  if (pack.dependencies.includes("@facsimile/testing")) wrong.push("testing (only a devDependency)");
  if (pack.folder === "core" && edges.includes("testing")) wrong.push("testing (core has none)");
  return wrong.map((to) => `packages/${pack.folder}/package.json: ${pack.folder} → ${to}`);
}

/** Imports in the package's files that its package.json or the graph does not allow. */
export function badImports(pack: Package, rootDependencies: readonly string[]): string[] {
  return pack.files.flatMap((file) =>
    importsOf(file).flatMap(({ specifier, line }) => {
      const complaint = complaintOf(pack, file, specifier, rootDependencies);
      return complaint === undefined ? [] : [`${file.path}:${line}: ${specifier}: ${complaint}`];
    }),
  );
}

function complaintOf(pack: Package, file: SourceFile, specifier: string, rootDependencies: readonly string[]) {
  if (specifier.startsWith(".")) return relativeComplaint(pack, file, specifier);
  if (isBuiltin(specifier)) return specifier.startsWith("node:") ? undefined : "write node:";
  const name = specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
  if (name === pack.name) return file.test ? undefined : "a package does not import itself by name";
  const declared = file.test ? [...pack.dependencies, ...pack.devDependencies, ...rootDependencies] : pack.dependencies;
  if (!declared.includes(name)) return "not declared in package.json";
  const to = folderOf(name);
  if (to === undefined || (file.test && to === "testing")) return undefined;
  return (GRAPH[pack.folder] ?? []).includes(to) ? undefined : `no edge ${pack.folder} → ${to}`;
}

function relativeComplaint(pack: Package, file: SourceFile, specifier: string): string | undefined {
  const target = targetOf(file, { specifier });
  const home = `packages/${pack.folder}/`;
  if (file.test) return undefined;
  if (!target.startsWith(`${home}src/`)) return "leaves src/";
  if (target.endsWith(".test.ts")) return "a source imports a test";
  return target === `${home}src/index.ts` ? "siblings import files, not their own index" : undefined;
}

/** Sources that import each other in a circle, for types or lazily too: the paths of each circle, sorted. */
export function circles({ files }: Package): string[][] {
  const sources = files.filter(({ test }) => !test);
  const imports = new Map(sources.map((file) => [file.path, importsOf(file).map((found) => targetOf(file, found))]));
  const reached = new Map(sources.map(({ path }) => [path, reachedFrom(path, imports)]));
  return sources.flatMap(({ path }) => {
    const circle = [...(reached.get(path) ?? [])].filter((other) => reached.get(other)?.has(path)).sort();
    return circle[0] === path ? [circle] : [];
  });
}

function reachedFrom(path: string, imports: ReadonlyMap<string, readonly string[]>): ReadonlySet<string> {
  const reached = new Set(imports.get(path));
  for (const one of reached) for (const next of imports.get(one) ?? []) reached.add(next);
  return reached;
}

function targetOf({ path }: SourceFile, { specifier }: { specifier: string }): string {
  return normalize(join(path, "..", specifier)).replaceAll("\\", "/");
}

function folderOf(name: string): string | undefined {
  if (name === "facsimile") return "cli";
  return name.startsWith("@facsimile/") ? name.slice("@facsimile/".length) : undefined;
}

/** Uses of the process, the console and the clock in a library's sources. */
export function worldUses(pack: Package): string[] {
  if (OUTSPOKEN.includes(pack.folder)) return [];
  return sources(pack).flatMap((file) => complaints(file, worldUse));
}

function worldUse(node: ts.Node): string | undefined {
  if (ts.isImportDeclaration(node)) {
    const from = node.moduleSpecifier.getText().slice(1, -1);
    return ["node:process", "node:console"].includes(from) ? `imports ${from}` : undefined;
  }
  if (ts.isNewExpression(node)) {
    const now = node.expression.getText() === "Date" && (node.arguments ?? []).length === 0;
    return now ? "reads the clock: new Date()" : undefined;
  }
  if (!ts.isPropertyAccessExpression(node)) return undefined;
  const text = node.getText();
  // Nothing else ends a child together with its own children.
  if (text === "process.kill") return undefined;
  return /^(globalThis\.)?(console|process)\.\w+$|^Date\.now$/.test(text) ? `uses ${text}` : undefined;
}

export function longFiles(pack: Package): string[] {
  const lines = ({ text }: SourceFile) => text.trimEnd().split("\n").length;
  return sources(pack)
    .filter((file) => lines(file) > MAX_FILE_LINES)
    .map((file) => `${file.path}: ${lines(file)} lines, at most ${MAX_FILE_LINES}`);
}

export function longFunctions(pack: Package): string[] {
  return sources(pack).flatMap((file) =>
    complaints(file, (node) => {
      if (!ts.isFunctionLike(node)) return undefined;
      const lines = node.getText().split("\n").length;
      return lines > MAX_FUNCTION_LINES ? `a function of ${lines} lines, at most ${MAX_FUNCTION_LINES}` : undefined;
    }),
  );
}

function sources(pack: Package): SourceFile[] {
  return pack.files.filter(({ test }) => !test);
}
