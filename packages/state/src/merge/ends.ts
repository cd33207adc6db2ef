import { FacsimileError, isFacsimileError, sha256 } from "@facsimile/core";
import type { StateDocument } from "../format/document.ts";
import { parseDocument } from "../format/parse-document.ts";

/** A file of one side: signed, or what a merge left. */
export interface SideFile {
  readonly document: StateDocument;
  /** sha256 of its bytes. */
  readonly digest: string;
}

/** The signed files that a merge joins, by digest, and the one that they came from. */
export interface Ends {
  readonly ends: readonly string[];
  readonly base: string | undefined;
}

export function sideFile(bytes: Uint8Array, document: StateDocument): SideFile {
  return { document, digest: sha256(bytes) };
}

/** A file that a merge left names both sides as its parents and, third, what they came from, where there was that. */
export function endsOf({ document: { seal }, digest }: SideFile): Ends {
  if (seal.signature.length > 0) return { ends: [digest], base: undefined };
  return { ends: seal.parents.slice(0, 2), base: seal.parents[2] };
}

/**
 * What a merge of two files comes to, any of which may be a merge itself that nobody sealed, as in a rebase of several
 * commits. What the base consists of is in both sides, so it is no end any more.
 */
export function joinedEnds(sides: {
  readonly base: SideFile | undefined;
  readonly ours: SideFile;
  readonly theirs: SideFile;
}): Ends {
  const [ours, theirs] = [endsOf(sides.ours), endsOf(sides.theirs)];
  const base = sides.base && endsOf(sides.base);
  const ends = [...new Set([...ours.ends, ...theirs.ends])].filter((end) => !base?.ends.includes(end));
  const origin = base?.base ?? (base?.ends.length === 1 ? base.ends[0] : undefined);
  return { ends, base: theirs.base ?? ours.base ?? origin };
}

/** A file of one side: its bytes, of which {@link joinedSides} reads what they came from. */
export interface FileSides {
  /** What both came from. Default: nothing is known of it. */
  readonly base?: Uint8Array | undefined;
  readonly ours: Uint8Array;
  readonly theirs: Uint8Array;
}

/** The files of both sides, read, and what they come to. @throws As reading ours or theirs does; `STATE_MERGE_UNSEALED` */
export function readSides({ base, ours, theirs }: FileSides, name: string) {
  const sides = {
    base: base && ancestor(base, name),
    ours: sideFile(ours, parseDocument(ours, name)),
    theirs: sideFile(theirs, parseDocument(theirs, name)),
  };
  const joined = joinedEnds(sides);
  if (joined.ends.length !== 2) throw unsealed(name);
  return { ...sides, joined };
}

/** The signed files that a merge of these joins. @throws As {@link readSides} */
export function joinedSides(sides: FileSides, name: string): Ends {
  return readSides(sides, name).joined;
}

/** Whether a file is sealed already, and joins these sides. One that cannot be read joins nothing. */
export function joins(bytes: Uint8Array, sides: FileSides, name: string): boolean {
  try {
    const { seal } = parseDocument(bytes, name);
    const { ends } = joinedSides(sides, name);
    return seal.signature.length > 0 && ends.every((end) => seal.parents.includes(end));
  } catch (error) {
    if (isFacsimileError(error)) return false;
    throw error;
  }
}

/** What a file was merged from that waits to be sealed; `undefined` for one that is signed. @throws As reading a file does */
export function mergedFrom(bytes: Uint8Array, name: string): Ends | undefined {
  const file = sideFile(bytes, parseDocument(bytes, name));
  if (file.document.seal.signature.length > 0) return undefined;
  const ends = endsOf(file);
  if (ends.ends.length === 2) return ends;
  throw new FacsimileError("STATE_INVALID", `${name} has no signature, and does not name two files that it joins`, {
    hint: "Restore it from git; nothing was used of it.",
  });
}

/** One that cannot be read is as none: more is then asked. git(1) hands over an empty file where there is none. */
function ancestor(bytes: Uint8Array, name: string): SideFile | undefined {
  try {
    return sideFile(bytes, parseDocument(bytes, name));
  } catch {
    return undefined;
  }
}

function unsealed(name: string): FacsimileError {
  return new FacsimileError("STATE_MERGE_UNSEALED", `${name}: one side is a merge itself that was never sealed`, {
    hint: "Give this merge up (git merge --abort), run facs state seal on the side that needs it, commit, then merge again.",
  });
}
