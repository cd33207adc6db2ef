import { readdirSync, readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { join } from "node:path";
import ts from "typescript";
import { expect, test } from "vitest";
import { ROOT, readJson } from "./lib/sources.ts";

const DIST = join(ROOT, "packages/cli/dist");
const built = readdirSync(DIST).filter((name) => name.endsWith(".js"));

test("facs asks only for packages that its package.json names", () => {
  const asked = built.flatMap((name) => askedFor(name)).filter((name) => !name.startsWith("."));
  const packages = new Set(asked.filter((name) => !isBuiltin(name)));
  expect([...packages].sort()).toEqual(["fastest-levenshtein", "json5", "openpgp", "re2js", "yaml"]);
  const declared = Object.keys(readJson(join(ROOT, "packages/cli/package.json"))["dependencies"] as object);
  expect([...packages].filter((name) => !declared.includes(name))).toEqual([]);
});

test("what every command loads needs none of what few do", () => {
  expect(askedFor("index.js", { later: false }).filter((name) => !isBuiltin(name))).toEqual(["./rolldown-runtime.js"]);
});

test("libraries that are CommonJS find what they need in an ES module", () => {
  for (const name of built) expect(readFileSync(join(DIST, name), "utf8")).not.toMatch(/\b__(file|dir)name\b/);
});

test("the licences of what is inside are with it, and nothing of the LGPL is inside", () => {
  const text = readFileSync(join(DIST, "LICENSES.txt"), "utf8");
  for (const name of ["commander", "diff", "execa", "liquidjs", "picomatch", "zod"])
    expect(text).toMatch(new RegExp(`^${name} \\d+\\.\\d+\\.\\d+$`, "m"));
  expect(text).not.toContain("openpgp");
});

/** What a built file imports or requires; without `later` only what must be there before it runs. */
function askedFor(name: string, { later } = { later: true }): string[] {
  const tree = ts.createSourceFile(name, readFileSync(join(DIST, name), "utf8"), ts.ScriptTarget.Latest);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    const from = ts.isImportDeclaration(node) || ts.isExportDeclaration(node) ? node.moduleSpecifier : undefined;
    const specifier =
      from ?? (later && ts.isCallExpression(node) && isAsking(node, tree) ? node.arguments[0] : undefined);
    if (specifier !== undefined && ts.isStringLiteralLike(specifier)) found.push(specifier.text);
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return found;
}

/** `import(…)`, `require(…)` by whatever name, `createRequire(…)(…)`. */
function isAsking({ expression }: ts.CallExpression, tree: ts.SourceFile): boolean {
  if (expression.kind === ts.SyntaxKind.ImportKeyword) return true;
  return /^(__|create)?require[\w$]*(\(.*\))?$/i.test(expression.getText(tree));
}
