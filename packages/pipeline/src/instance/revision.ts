import { didYouMean, errnoOf, FacsimileError, meantOr } from "@facsimile/core";
import { type GitContext, git, tryGit } from "../git.ts";

export interface RevisionRequest {
  /** The conglomerate, absolute; it may lie in a folder of its git repository. */
  readonly root: string;
  /** As git takes it: a branch, a tag, a commit, `HEAD~1`. */
  readonly ref: string;
}

type At = GitContext & { readonly cwd: string };

/**
 * The definition files of a revision, by path relative to `root`: all below `define/`, and `config/facsimile*` where a
 * source carries its own. Nothing is checked out. Links are left out: what they lead to need not be of that revision.
 *
 * @throws `GIT_NEEDED`, `UNKNOWN_REVISION`, `NO_CONGLOMERATE` (the revision has no definitions), `FILE_UNREADABLE`
 */
export async function definitionTexts(
  { root, ref }: RevisionRequest,
  { exec, signal }: GitContext,
): Promise<ReadonlyMap<string, string>> {
  const at = { exec, signal, cwd: root };
  await assertRepository(at);
  const files = await filesOf(await commitOf(ref, at), at);
  if (!files.some(({ path }) => /^(?:define\/facsimile\.|config\/facsimile[./])/.test(path))) throw none(ref);
  const contents = await contentsOf(files, at);
  return new Map(files.map(({ path }, index) => [path, textOf(contents[index], `${ref}:${path}`)]));
}

async function assertRepository(at: At): Promise<void> {
  const { exitCode, stderr } = await tryGit(["rev-parse", "--git-dir"], at);
  if (exitCode === 0) return;
  if (!stderr.includes("not a git repository")) throw failed("rev-parse", { at, stderr });
  throw new FacsimileError("GIT_NEEDED", `${at.cwd} is in no git repository: there are no revisions to read`, {
    hint: "Go into a clone of the definitions, or name one with --root DIR.",
  });
}

async function commitOf(ref: string, at: At): Promise<string> {
  const isPlain = ref !== "" && !/[\0-\x1f\x7f]/.test(ref);
  // gitrevisions(7): ^{commit} follows a tag to its commit, and refuses what leads to none.
  const args = ["rev-parse", "--verify", "--quiet", "--end-of-options", `${ref}^{commit}`];
  const { exitCode, stdout } = isPlain ? await tryGit(args, at) : { exitCode: 1, stdout: "" };
  // `^HEAD` is a good answer too, of git: all but that commit.
  if (exitCode === 0 && /^[0-9a-f]+$/.test(stdout)) return stdout;
  const names = await git(["for-each-ref", "--format=%(refname:short)", "refs/tags", "refs/heads", "refs/remotes"], at);
  const near = didYouMean(ref, names.split("\n"));
  throw new FacsimileError("UNKNOWN_REVISION", `there is no revision ${JSON.stringify(ref)} in ${at.cwd}`, {
    hint: meantOr(near, "Write a tag, a branch, a commit id or HEAD~1; what others pushed comes with git fetch."),
  });
}

interface GitFile {
  readonly path: string;
  readonly id: string;
}

const EXTENSIONS = ["json5", "json", "yaml", "yml"];
const PLACES = ["define", "config/facsimile", ...EXTENSIONS.map((extension) => `config/facsimile.${extension}`)];
const NAME = new RegExp(`\\.(?:${EXTENSIONS.join("|")})$`);
/** git-ls-tree(1): `mode type id TAB path`; 100 is a file, 120 a link, 160 a submodule. */
const ENTRY = /^100\d+ blob ([0-9a-f]+)\t([\s\S]+)$/;

/** In a folder of the repository, git takes and gives paths relative to it. */
async function filesOf(commit: string, at: At): Promise<readonly GitFile[]> {
  const listed = await git(["ls-tree", "-r", "-z", commit, ...PLACES], at);
  return listed.split("\0").flatMap((entry) => {
    const [, id, path] = ENTRY.exec(entry) ?? [];
    return id === undefined || path === undefined || !NAME.test(path) ? [] : [{ path, id }];
  });
}

async function contentsOf(files: readonly GitFile[], at: At): Promise<readonly Buffer[]> {
  const { exec, cwd, signal } = at;
  const input = files.map(({ id }) => `${id}\n`).join("");
  const { exitCode, stdout, stderr } = await exec("git", ["cat-file", "--batch"], { cwd, signal, input });
  if (exitCode !== 0) throw failed("cat-file", { at, stderr });
  const contents: Buffer[] = [];
  for (let start = 0; start < stdout.length; ) {
    const end = stdout.indexOf("\n", start);
    // git-cat-file(1): `id type size LF contents LF`, or `id missing`, as in a clone without all objects.
    const [, size] = /^[0-9a-f]+ blob (\d+)$/.exec(stdout.toString("latin1", start, end)) ?? [];
    if (size === undefined) throw failed("cat-file", { at, stderr: stdout.toString("utf8", start, end) });
    start = end + 1 + Number(size) + 1;
    contents.push(stdout.subarray(end + 1, start - 1));
  }
  return contents;
}

function textOf(content: Buffer | undefined, shown: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(content);
  } catch (cause) {
    if (errnoOf(cause) !== "ERR_ENCODING_INVALID_ENCODED_DATA") throw cause;
    throw new FacsimileError("FILE_UNREADABLE", `${shown} cannot be read: it is not UTF-8`, { cause });
  }
}

function none(ref: string): FacsimileError {
  return new FacsimileError("NO_CONGLOMERATE", `${ref} holds no definitions: no define/facsimile.json5`, {
    hint: "Name a revision that has them: git log --oneline -- define",
  });
}

function failed(command: string, { at, stderr }: { at: At; stderr: string }): FacsimileError {
  return new FacsimileError("GIT_FAILED", `git ${command} failed in ${at.cwd}:\n${stderr.trim()}`);
}
