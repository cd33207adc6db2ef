import { sha256 } from "@facsimile/core";
import { parseDocument, type StateDocument } from "../format/document.ts";

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

/** What a file was merged from and waits to be sealed as; `undefined` for one that is signed. @throws As reading a file does */
export function mergedFrom(bytes: Uint8Array, name: string): Ends | undefined {
  const file = sideFile(bytes, parseDocument(bytes, name));
  return file.document.seal.signature.length > 0 ? undefined : endsOf(file);
}
