import path from "node:path";
import { FacsimileError, sha256 } from "@facsimile/core";
import type { PipelineContext } from "../context.ts";
import { tryGit } from "../git.ts";

type Git = Pick<PipelineContext, "exec" | "root" | "signal">;

/** A file as an index in conflict has it: 1 what both sides came from, 2 ours, 3 theirs. */
export type Stages = ReadonlyMap<1 | 2 | 3, Buffer>;

/** The sides of a file that is in conflict; empty where it is not, or there is no git. */
export async function stagesOf(file: string, context: Git): Promise<Stages> {
  const { exitCode, stdout } = await at(["ls-files", "--unmerged", "-z", "--", literal(file)], context);
  if (exitCode !== 0) return new Map();
  const entries = stdout.split("\0").flatMap((line) => {
    const [, object, stage] = /^\d+ ([0-9a-f]+) ([123])\t/.exec(line) ?? [];
    return object === undefined ? [] : [[Number(stage) as 1 | 2 | 3, object] as const];
  });
  const contents = await contentsOf(entries.map(([, object]) => object), context); // biome-ignore format: one line
  return new Map(entries.flatMap(([stage], index) => (contents[index] ? [[stage, contents[index]] as const] : [])));
}

/** The file in these revisions; `undefined` for those that do not have it. */
export async function contentsAt(
  revisions: readonly string[],
  file: string,
  context: Git,
): Promise<readonly (Buffer | undefined)[]> {
  const { stdout: prefix } = await at(["rev-parse", "--show-prefix"], context);
  return contentsOf(revisions.map((revision) => `${revision}:${prefix}${file}`), context); // biome-ignore format: one line
}

/** The states of the last commit, as paths; none where there is no git or no commit. */
export async function committedStates({
  own,
  ...context
}: Git & Pick<PipelineContext, "own">): Promise<readonly string[]> {
  const folder = path.relative(context.root, path.join(own, "state")) || "state";
  const { exitCode, stdout } = await at(["ls-tree", "-z", "--name-only", "HEAD", "--", `${folder}/`], context);
  return exitCode === 0 ? stdout.split("\0").filter((name) => name.endsWith(".json")) : [];
}

/**
 * Contents that the file once had, by sha256: those that git knows of any branch, of work under way, and of what HEAD
 * and branches once were. Digests that are not found are missing in the answer.
 */
export async function contentsByDigest(
  digests: readonly string[],
  file: string,
  context: Git,
): Promise<ReadonlyMap<string, Buffer>> {
  const found = new Map<string, Buffer>();
  const objects = await objectsOf(file, context);
  for (let start = 0; start < objects.length && found.size < digests.length; start += BATCH) {
    for (const content of await contentsOf(objects.slice(start, start + BATCH), context)) {
      const digest = content && sha256(content);
      if (digest !== undefined && digests.includes(digest)) found.set(digest, content as Buffer);
    }
  }
  return found;
}

/** Every content that the file had in the history of HEAD; none where there is no git. */
export async function contentsBefore(file: string, context: Git): Promise<readonly Buffer[]> {
  const { exitCode, stdout } = await at([...LOG, "HEAD", "--", literal(file)], context);
  if (exitCode !== 0) return [];
  const contents = await contentsOf(objectsIn(stdout), context);
  return contents.filter((content) => content !== undefined);
}

/** Read at once: few enough to be held, many enough that git is not started often. */
const BATCH = 64;

/** What git names besides branches, tags and reflogs. */
const HEADS = ["HEAD", "MERGE_HEAD", "CHERRY_PICK_HEAD", "REVERT_HEAD", "REBASE_HEAD", "ORIG_HEAD", "FETCH_HEAD"];

/** Every object that was this file, the latest first. */
async function objectsOf(file: string, context: Git): Promise<readonly string[]> {
  const known = await Promise.all(HEADS.map((head) => at(["rev-parse", "--quiet", "--verify", head], context)));
  const heads = known.filter(({ exitCode }) => exitCode === 0).map(({ stdout }) => stdout);
  const { stdout } = await at([...LOG, "--all", "--reflog", ...heads, "--", literal(file)], context);
  return objectsIn(stdout);
}

const LOG = ["log", "--full-history", "-m", "--raw", "--no-abbrev", "--format="];

function objectsIn(log: string): readonly string[] {
  const lines = log.matchAll(/^:\d+ \d+ ([0-9a-f]+) ([0-9a-f]+) /gm);
  const objects = [...lines].flatMap(([, before = "", after = ""]) => [after, before]);
  return [...new Set(objects)].filter((object) => !/^0+$/.test(object));
}

/** git-cat-file(1): one line and the content for each; `missing` for those that are not there. */
async function contentsOf(names: readonly string[], { exec, root, signal }: Git): Promise<(Buffer | undefined)[]> {
  if (names.length === 0) return [];
  const input = names.map((name) => `${name}\n`).join("");
  const { exitCode, stdout, stderr } = await exec("git", ["cat-file", "--batch"], { cwd: root, signal, input });
  if (exitCode !== 0) throw new FacsimileError("GIT_FAILED", `git cat-file exited ${exitCode} in ${root}:\n${stderr.trim()}`); // biome-ignore format: one line
  let offset = 0;
  return names.map(() => {
    const end = stdout.indexOf("\n", offset);
    const [, size] = /^[0-9a-f]+ blob (\d+)$/.exec(stdout.subarray(offset, end).toString()) ?? [];
    const start = end + 1;
    offset = size === undefined ? start : start + Number(size) + 1;
    return size === undefined ? undefined : stdout.subarray(start, start + Number(size));
  });
}

function at(args: readonly string[], { exec, root, signal }: Git) {
  return tryGit(args, { exec, signal, cwd: root });
}

/** gitglossary(7): a star in a file's name is no pattern. */
function literal(file: string): string {
  return `:(literal)${file}`;
}
