import fs from "node:fs";
import path from "node:path";
import { FacsimileError, isFacsimileError, problemsOf, throwProblems } from "@facsimile/core";
import type { TreeNode } from "@facsimile/manifest";
import { linkFlaw } from "@facsimile/templates";
import picomatch from "picomatch";
import type { CopyContext, CopyGroup } from "./copy-group.ts";
import { below, type Found, looking, nodeAt } from "./found.ts";
import { renamer, substitute } from "./rename.ts";

/**
 * What the group installs: landing path → node.
 *
 * @throws All at once: `INSTALL_MISSING`, `INSTALL_PATTERN`, `INSTALL_OUTSIDE`, `INSTALL_CLASH` (two files of it for one
 *   path), `INSTALL_LINK_OUTSIDE`, `TREE_UNREADABLE`, `TREE_UNSUPPORTED`, `TREE_BAD_PATH`
 */
export async function copyGroup(group: CopyGroup, context: CopyContext): Promise<Map<string, TreeNode>> {
  const problems: FacsimileError[] = [];
  const attempt = <T>(work: () => T): T | undefined => {
    try {
      return work();
    } catch (error) {
      if (!isFacsimileError(error)) throw error;
      problems.push(...problemsOf(error));
      return undefined;
    }
  };
  const rename = attempt(() => renamer(group, context));
  const landed = new Map<string, Found>();
  for (const { file, node, landing } of await named(group, { context, problems, attempt })) {
    const place = attempt(() => rename?.place(file, landing));
    const before = place === undefined ? undefined : landed.get(place);
    const isShared = before?.node.type === "dir" && node.type === "dir";
    if (before !== undefined && before.file !== file && !isShared)
      problems.push(clash(place ?? "", { before, file, context }));
    if (place !== undefined) landed.set(place, { file, node });
  }
  for (const [place, { node }] of landed) problems.push(...outside(place, node, context));
  throwProblems(problems);
  if (landed.size > 0 && rename?.isIdle) context.onIdle?.(group.pattern ?? "");
  return new Map([...landed].map(([place, { node }]) => [place, node]));
}

interface Named extends Found {
  /** Without a pattern. */
  readonly landing: string;
}

interface Collecting {
  readonly context: CopyContext;
  readonly problems: FacsimileError[];
  readonly attempt: <T>(work: () => T) => T | undefined;
}

async function named({ files, optfiles, dir, glob }: CopyGroup, collecting: Collecting): Promise<readonly Named[]> {
  const { context, attempt } = collecting;
  const one = (text: string, isOptional: boolean) => attempt(() => oneFile(text, { ...context, isOptional })) ?? [];
  return [
    ...(files ?? []).flatMap((text) => one(text, false)),
    ...(optfiles ?? []).flatMap((text) => one(text, true)),
    ...(dir === undefined ? [] : await folder(dir, collecting)),
    ...(glob === undefined ? [] : await globbed([glob].flat(), collecting)),
  ];
}

function oneFile(text: string, context: CopyContext & { readonly isOptional: boolean }): Named[] {
  const name = substitute(text, context);
  const file = path.resolve(context.variables.BUILD_DIR, name);
  const node = nodeAt(file, context);
  if (node === undefined && context.isOptional) return [];
  if (node === undefined) throw missing(`there is no ${text} (looked at ${file})`, context);
  if (node.type === "dir") throw missing(`${text} is a folder`, context, "Name it under `dir`.");
  assertInPlace(path.dirname(file), { text, context });
  return [{ file, node, landing: path.isAbsolute(name) ? path.basename(name) : name }];
}

async function folder(text: string, { context, problems, attempt }: Collecting): Promise<readonly Named[]> {
  const top = path.resolve(context.variables.BUILD_DIR, substitute(text, context));
  const isFolder = attempt(() => {
    assertFolder(top, { text, context });
    return true;
  });
  if (isFolder !== true) return [];
  const found = await below(top, { context, problems });
  return found.map((each) => ({ ...each, landing: landingOf(each.file, { top, context }) }));
}

function assertFolder(top: string, { text, context }: { text: string; context: CopyContext }): void {
  const stat = looking(top, { context, work: () => fs.statSync(top, { throwIfNoEntry: false }) });
  if (stat === undefined) throw missing(`there is no ${text} (looked at ${top})`, context);
  if (!stat.isDirectory()) throw missing(`${text} is no folder`, context, "Name it under `files`.");
  assertInPlace(top, { text, context });
}

async function globbed(patterns: readonly string[], collecting: Collecting): Promise<readonly Named[]> {
  const { context, problems } = collecting;
  const { BUILD_DIR, SRC_DIR } = context.variables;
  const listed = new Map<string, readonly Found[]>();
  const chosen: Named[] = [];
  for (const pattern of patterns) {
    const [, place, rest = pattern] = /^\$(SRC|BUILD)_DIR\$\/(.*)$/s.exec(pattern) ?? [];
    const top = place === "SRC" ? SRC_DIR : BUILD_DIR;
    const all = listed.get(top) ?? (await below(top, { context, problems }));
    listed.set(top, all);
    const matches = picomatch(rest, { dot: true });
    const mine = all.filter(({ file, node }) => node.type !== "dir" && matches(path.relative(top, file)));
    if (mine.length === 0) problems.push(missing(`nothing matches ${pattern} (looked in ${top})`, context));
    chosen.push(...mine.map((each) => ({ ...each, landing: path.relative(top, each.file) })));
  }
  return chosen;
}

/** A path in the build or the sources; of a folder elsewhere, it begins with the folder's name. */
function landingOf(file: string, { top, context }: { top: string; context: CopyContext }): string {
  const { BUILD_DIR, SRC_DIR } = context.variables;
  const under = [BUILD_DIR, SRC_DIR].find((each) => file.startsWith(`${each}${path.sep}`));
  return under === undefined ? path.relative(path.dirname(top), file) : file.slice(under.length + 1);
}

/** What lies in the sources or the build by its name is to lie there also when links are followed. */
function assertInPlace(folder: string, { text, context }: { text: string; context: CopyContext }): void {
  const { BUILD_DIR, SRC_DIR } = context.variables;
  const top = [BUILD_DIR, SRC_DIR].find((each) => folder === each || folder.startsWith(`${each}${path.sep}`));
  if (top === undefined) return;
  const realOf = (file: string) => looking(file, { context, work: () => fs.realpathSync(file) });
  const [real, realTop] = [realOf(folder), realOf(top)];
  if (real === realTop || real.startsWith(`${realTop}${path.sep}`)) return;
  throw new FacsimileError(
    "INSTALL_LINK_OUTSIDE",
    `the way to ${text} goes over a link to ${real}, outside of ${top}`,
    {
      position: context.position,
      hint: "Name what is to be installed by a path without links.",
    },
  );
}

function outside(place: string, node: TreeNode, { position }: CopyContext): FacsimileError[] {
  const flaw = node.type === "link" ? linkFlaw(place, node.target) : undefined;
  if (node.type !== "link" || flaw === undefined) return [];
  return [
    new FacsimileError("INSTALL_LINK_OUTSIDE", `${place} is a link to ${node.target}, ${flaw}`, {
      position,
      hint: "Link to something inside the release, by a relative path.",
    }),
  ];
}

function clash(place: string, found: { before: Found; file: string; context: CopyContext }): FacsimileError {
  const { before, file, context } = found;
  return new FacsimileError("INSTALL_CLASH", `${place} comes from ${before.file} and from ${file}`, {
    position: context.position,
    hint: "Leave one of them out of the group, or let `pattern` tell them apart.",
  });
}

function missing(
  what: string,
  { position }: CopyContext,
  hint = "Name it under `optfiles` if it may be absent.",
): FacsimileError {
  return new FacsimileError("INSTALL_MISSING", `install.groups: ${what}`, { position, hint });
}
