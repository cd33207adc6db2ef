import { existsSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import ts from "typescript";
import { expect, test } from "vitest";
import { exitOf } from "../packages/cli/src/exit.ts";
import { FacsimileError } from "../packages/core/src/index.ts";
import { codesOf } from "./lib/codes.ts";
import { ROOT, readPackages, walk } from "./lib/sources.ts";

test("every relative link in a document leads to a file, and to a heading of it", () => {
  const documents = walk(ROOT).filter((path) => path.endsWith(".md"));
  expect(documents.length).toBeGreaterThan(5);
  expect(documents.flatMap(brokenLinks)).toEqual([]);
});

test("docs/errors.md lists every error code of the sources, and no other", () => {
  const sources = readPackages().flatMap(({ files }) => files.filter((file) => !file.test));
  const codes = [...new Set(sources.flatMap(codesOf))].sort();
  const listed = documentedCodes().map(({ code }) => code);
  const isInSources = (code: string) => sources.some(({ text }) => new RegExp(`\\b${code}\\b`).test(text));
  expect({ undocumented: codes.filter((code) => !listed.includes(code)) }).toEqual({ undocumented: [] });
  expect({ unknown: listed.filter((code) => !isInSources(code)) }).toEqual({ unknown: [] });
  expect(listed).toEqual([...new Set(listed)]);
});

test("docs/errors.md says the exit status that facs gives", () => {
  const wrong = documentedCodes().filter(({ code, exit }) => exit !== String(exitOf(new FacsimileError(code, ""))));
  expect(wrong.filter(({ exit }) => exit !== "-")).toEqual([]);
});

test("docs/dependencies.md has a row for every dependency of a published package, and names the packages", () => {
  const users = new Map<string, string[]>();
  for (const { folder, dependencies } of readPackages().filter(({ folder }) => folder !== "testing")) {
    for (const name of dependencies.filter((each) => !each.startsWith("@facsimile/"))) {
      users.set(name, [...(users.get(name) ?? []), folder]);
    }
  }
  const text = readFileSync(join(ROOT, "docs/dependencies.md"), "utf8").split("## Only to develop")[0] ?? "";
  const rows = [...text.matchAll(/^\| (\S+) \| ([a-z, ]+) \|/gm)].filter(([, name]) => name !== "package");
  const documented = new Map(rows.map(([, name = "", by = ""]) => [name, by.split(", ").sort()]));
  expect(documented).toEqual(new Map([...users].map(([name, by]) => [name, by.sort()])));
});

test("docs/faults.md names a test in every row, and every test of faults of the deploy", () => {
  const rows = readFileSync(join(ROOT, "docs/faults.md"), "utf8").split("\n").filter((line) => /^\| (?!fault )/.test(line)); // biome-ignore format: one line
  const linked = rows.map((row) =>
    [...row.matchAll(/\]\(\.\.\/(packages\/\S+\.test\.ts)\)/g)].map(([, file = ""]) => file),
  );
  expect(rows.filter((_, i) => linked[i]?.length === 0)).toEqual([]);
  const files = new Set(linked.flat());
  expect([...files].filter((file) => !existsSync(join(ROOT, file)))).toEqual([]);
  const tests = ["transport", "pipeline", "cli"].flatMap((name) => walk(join(ROOT, "packages", name, "test")));
  const faults = tests.map((file) => relative(ROOT, file)).filter((file) => /\/faults-[^/]*\.test\.ts$/.test(file));
  expect(faults.length).toBeGreaterThan(8);
  expect(faults.filter((file) => !files.has(file))).toEqual([]);
});

test("codes are found however an error is made", () => {
  const text = `
    throw new FacsimileError("LOCKED", m);
    problems.push(problem("BAD_NAME", m), new FacsimileError(old ? "TOO_OLD" : "TOO_NEW", m));
    class X extends FacsimileError { constructor() { super("PROBLEMS", m); } }
    const row = { code: "FROM_TABLE" };
    lookup("FACS_ROOT"); say("OK"); isFacsimileError(error, "ASKED_FOR");
    /** Reads. @throws \`NOT_THERE\` when it is missing, unless \`FACS_ROOT\` says so. */
  `;
  const tree = ts.createSourceFile("x.ts", text, ts.ScriptTarget.Latest, true);
  const codes = codesOf({ path: "x.ts", text, tree, test: false });
  expect(codes).toEqual(["BAD_NAME", "FROM_TABLE", "LOCKED", "NOT_THERE", "PROBLEMS", "TOO_NEW", "TOO_OLD"]);
});

/** The rows of the tables of docs/errors.md: code, meaning, exit status; "-" where it is only a warning. */
function documentedCodes(): { code: string; exit: string }[] {
  const text = readFileSync(join(ROOT, "docs/errors.md"), "utf8");
  const rows = text.matchAll(/^\| `([A-Z0-9_]+)`\s*\|.*\|\s*(\d+|-)\s*\|$/gm);
  return [...rows].map(([, code = "", exit = ""]) => ({ code, exit }));
}

function brokenLinks(document: string): string[] {
  const text = withoutCode(readFileSync(document, "utf8"));
  const targets = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target ?? "");
  return targets
    .filter((target) => isBroken(document, target))
    .map((target) => `${relative(ROOT, document)}: ${target}`);
}

function isBroken(document: string, target: string): boolean {
  if (/^[a-z]+:/.test(target)) return false;
  const [path = "", heading] = target.split("#");
  const file = path === "" ? document : join(dirname(document), decodeURIComponent(path));
  if (!existsSync(file)) return true;
  return heading !== undefined && !headings(readFileSync(file, "utf8")).includes(heading);
}

/** GitHub's anchors: lower case, punctuation gone, blanks as hyphens. */
function headings(text: string): string[] {
  return [...withoutCode(text, /```[\s\S]*?```/g).matchAll(/^#+ (.*)$/gm)].map(([, title = ""]) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );
}

function withoutCode(text: string, code = /```[\s\S]*?```|`[^`\n]*`/g): string {
  return text.replace(code, "");
}
