import fs from "node:fs/promises";
import path from "node:path";
import { errnoOf, FacsimileError, type Position } from "@facsimile/core";
import type { TreeNode } from "@facsimile/manifest";
import picomatch from "picomatch";
import { RE2JS } from "re2js";

/** One `{type: "copy"}` group of `install.groups`. */
export interface CopyGroup {
  /** Each must exist. An absolute one lands under its base name, a relative one under its path. */
  readonly files?: readonly string[] | undefined;
  /** As `files`, but those that do not exist are left out. */
  readonly optfiles?: readonly string[] | undefined;
  /** Everything in the folder, under its path in the build. */
  readonly dir?: string | undefined;
  /** Files of the build that match, under their paths. */
  readonly glob?: string | readonly string[] | undefined;
  /** RE2 over the absolute path, put in place by `replace` (`\1` or `$1` for groups): where the file lands. */
  readonly pattern?: string | undefined;
  readonly replace?: string | undefined;
}

export interface CopyContext {
  /** What `$SRC_DIR$` and the like stand for. Relative paths are relative to `BUILD_DIR`. */
  readonly variables: Readonly<Record<string, string>> & { readonly BUILD_DIR: string; readonly SRC_DIR: string };
  /** Where the definition has the group. */
  readonly position?: Position | undefined;
}

/** What the group installs: landing path → node. @throws `INSTALL_MISSING`, `INSTALL_PATTERN`, `INSTALL_OUTSIDE` */
export async function copyGroup(group: CopyGroup, context: CopyContext): Promise<Map<string, TreeNode>> {
  const found = await Promise.all([
    ...(group.files ?? []).map((file) => oneFile(file, { ...context, optional: false })),
    ...(group.optfiles ?? []).map((file) => oneFile(file, { ...context, optional: true })),
    ...(group.dir === undefined ? [] : [folder(group.dir, context)]),
    ...(group.glob === undefined ? [] : [globbed([group.glob].flat(), context)]),
  ]);
  const rename = renamer(group, context);
  const landed = found.flat().map(({ file, landing, node }) => [rename(file, landing), node] as const);
  return new Map(landed);
}

interface Found {
  readonly file: string;
  readonly landing: string;
  readonly node: TreeNode;
}

async function oneFile(text: string, context: CopyContext & { optional: boolean }): Promise<Found[]> {
  const named = substitute(text, context);
  const file = path.resolve(context.variables.BUILD_DIR, named);
  const node = await nodeOf(file);
  if (node === undefined && context.optional) return [];
  if (node === undefined || node.type === "dir") throw missing(text, file, context);
  return [{ file, node, landing: path.isAbsolute(named) ? path.basename(named) : path.normalize(named) }];
}

async function folder(text: string, context: CopyContext): Promise<Found[]> {
  const top = path.resolve(context.variables.BUILD_DIR, substitute(text, context));
  const entries = await fs.readdir(top, { recursive: true }).catch((cause) => {
    throw errnoOf(cause) === "ENOENT" || errnoOf(cause) === "ENOTDIR" ? missing(text, top, context) : cause;
  });
  const files = entries
    .filter((entry) => !entry.split(path.sep).includes(".git"))
    .map((entry) => path.join(top, entry));
  return Promise.all(files.map((file) => inPlace(file, context)));
}

async function globbed(patterns: readonly string[], context: CopyContext): Promise<Found[]> {
  const top = context.variables.BUILD_DIR;
  const matches = picomatch([...patterns], { dot: true });
  const entries = await fs.readdir(top, { recursive: true });
  const chosen = entries.filter((entry) => !entry.split(path.sep).includes(".git") && matches(entry));
  if (chosen.length === 0) throw missing(patterns.join(" "), path.join(top, patterns[0] ?? ""), context);
  return Promise.all(chosen.map((entry) => inPlace(path.join(top, entry), context)));
}

async function inPlace(file: string, { variables }: CopyContext): Promise<Found> {
  const node = await nodeOf(file);
  if (node === undefined) throw new FacsimileError("INSTALL_MISSING", `${file} vanished while it was read`);
  const under = [variables.BUILD_DIR, variables.SRC_DIR].find((top) => file.startsWith(`${top}${path.sep}`));
  return { file, node, landing: under === undefined ? path.basename(file) : path.relative(under, file) };
}

/** The permission bits that a release carries; setuid and the like stay behind. */
const PERMISSIONS = 0o777;

async function nodeOf(file: string): Promise<TreeNode | undefined> {
  const stat = await fs.lstat(file).catch(() => undefined);
  if (stat === undefined) return undefined;
  if (stat.isSymbolicLink()) return { type: "link", target: await fs.readlink(file) };
  const mode = stat.mode & PERMISSIONS;
  if (stat.isDirectory()) return { type: "dir", mode: 0o755 };
  // git keeps only the executable bit; the rest is the umask of whoever cloned, which must not reach a release.
  return { type: "file", mode: mode & 0o100 ? 0o755 : 0o644, content: { file }, secrets: [] };
}

function renamer({ pattern, replace }: CopyGroup, context: CopyContext): (file: string, landing: string) => string {
  if (pattern === undefined) return (_file, landing) => inside(landing, context);
  const compiled = compile(substitute(pattern, { ...context, quote: true }), context);
  const replacement = (replace ?? "").replace(/\\(\d)/g, "$$$1");
  return (file, landing) => {
    const matcher = compiled.matcher(file);
    return inside(matcher.find() ? matcher.replaceFirst(replacement) : landing, context);
  };
}

function compile(pattern: string, { position }: CopyContext): RE2JS {
  try {
    return RE2JS.compile(pattern);
  } catch (cause) {
    throw new FacsimileError("INSTALL_PATTERN", `${pattern} is not a pattern: ${(cause as Error).message}`, {
      cause,
      position,
      hint: "Patterns are RE2: no look-around, no back-references.",
    });
  }
}

function substitute(text: string, { variables, quote = false }: CopyContext & { quote?: boolean }): string {
  return text.replace(/\$([A-Z_]+)\$/g, (whole, name: string) => {
    const value = variables[name];
    if (value === undefined) return whole;
    return quote ? RE2JS.quote(value) : value;
  });
}

function inside(landing: string, { position }: CopyContext): string {
  const clean = path.posix.normalize(landing).replace(/^\/+/, "");
  if (clean === ".." || clean.startsWith("../")) {
    throw new FacsimileError("INSTALL_OUTSIDE", `${landing} would land outside the release`, { position });
  }
  return clean;
}

function missing(text: string, file: string, { position }: CopyContext): FacsimileError {
  return new FacsimileError("INSTALL_MISSING", `install.groups: there is no ${text} (looked at ${file})`, {
    position,
    hint: "Name it under `optfiles` if it may be absent.",
  });
}
