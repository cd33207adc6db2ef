import { type FacsimileError, isFacsimileError, sha256 } from "@facsimile/core";
import { type FileChange, type FileFacts, fileChanges, type Trust, verifyBytes } from "@facsimile/state";
import type { PipelineContext } from "../context.ts";
import { git } from "../git.ts";
import { trustOf } from "../people/trust.ts";
import { contentsAt } from "./blobs.ts";
import { type StateTarget, stateTarget, type TargetRequest } from "./target.ts";

/** One commit that brought another file. */
export interface HistoryEntry {
  readonly commit: string;
  /** Of the commit; ISO 8601. */
  readonly date: string;
  readonly author: string;
  /** Undefined where the file went away, or does not verify. */
  readonly facts: FileFacts | undefined;
  /** Why it does not verify now: changed by hand, signed by somebody who is not trusted, left by a merge. */
  readonly problem: FacsimileError | undefined;
  /** The commit took the file away. */
  readonly removed: boolean;
  /** The commit brought back what an older one had. */
  readonly isOld: boolean;
  /** Against the commit before; undefined where either cannot be read. */
  readonly changes: readonly FileChange[] | undefined;
  /** Every value was encrypted anew. */
  readonly rekeyed: boolean;
}

/**
 * Every file that a scope's state was, as git has it, the latest first; each is verified. No private key is needed.
 *
 * @throws `GIT_FAILED` where there is no repository
 */
export async function stateHistory(
  request: TargetRequest,
  context: PipelineContext,
): Promise<{ readonly target: StateTarget; readonly entries: readonly HistoryEntry[] }> {
  const target = await stateTarget(request, context);
  const trust = await trustOf(target, context);
  const commits = await commitsOf(target, context);
  const contents = await contentsAt(commits.map(({ commit }) => commit), target.file, context); // biome-ignore format: one line
  const before = await contentsAt(commits.map(({ commit }) => `${commit}^`), target.file, context); // biome-ignore format: one line
  const seen = new Set<string>();
  const entries: HistoryEntry[] = [];
  // From the oldest on: what was there before shows what is brought back.
  for (const [index, commit] of [...commits.entries()].reverse()) {
    const [bytes, old] = [contents[index], before[index]];
    const digest = bytes && sha256(bytes);
    const isOld = digest !== undefined && seen.has(digest);
    if (digest !== undefined) seen.add(digest);
    // A merge that took one side whole brings nothing of its own.
    if (!(commit.isMerge && isOld)) entries.unshift(await entryOf({ commit, bytes, old, isOld }, { target, trust }));
  }
  return { target, entries };
}

interface Commit {
  readonly commit: string;
  readonly date: string;
  readonly author: string;
  readonly isMerge: boolean;
}

async function commitsOf({ file }: StateTarget, { exec, signal, root }: PipelineContext): Promise<readonly Commit[]> {
  const args = ["log", "--topo-order", "--full-history", "-z", "--format=%H%n%cI%n%an%n%P", "--", `:(literal)${file}`];
  const text = await git(args, { exec, signal, cwd: root });
  return text.split("\0").flatMap((record) => {
    const [commit = "", date = "", author = "", parents = ""] = record.split("\n");
    return commit === "" ? [] : [{ commit, date, author, isMerge: parents.includes(" ") }];
  });
}

interface Version {
  readonly commit: Commit;
  readonly bytes: Buffer | undefined;
  readonly old: Buffer | undefined;
  readonly isOld: boolean;
}

async function entryOf(
  { commit: { isMerge: _, ...commit }, bytes, old, isOld }: Version,
  { target: { name, scope }, trust }: { target: StateTarget; trust: Trust },
): Promise<HistoryEntry> {
  const nothing = { facts: undefined, problem: undefined, changes: undefined, rekeyed: false };
  if (bytes === undefined) return { ...commit, ...nothing, removed: true, isOld };
  const verified = await attempt(() => verifyBytes(bytes, { name, scope, trust }));
  const compared = await attempt(async () => fileChanges(old, bytes, name));
  return {
    ...{ ...commit, ...nothing, removed: false, isOld },
    ...(isFacsimileError(verified) ? { problem: verified } : { facts: verified }),
    ...(isFacsimileError(compared) ? {} : compared),
  };
}

async function attempt<T>(work: () => Promise<T>): Promise<T | FacsimileError> {
  try {
    return await work();
  } catch (error) {
    if (isFacsimileError(error)) return error;
    throw error;
  }
}
