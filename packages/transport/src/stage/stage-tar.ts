import { compareBytes } from "@facsimile/core";
import { type Entry, type FileEntry, formatSums, type Manifest } from "@facsimile/manifest";
import { list0, textMember } from "../look/mirror-scope.ts";
import { sharedTarget } from "../shared.ts";
import type { ReleaseRecord } from "../types.ts";
import { amountOf } from "../wire/amount.ts";
import type { Source } from "../wire/framing.ts";
import { type Member, tarOf } from "../wire/tar.ts";
import { recordMembers } from "./record.ts";

export interface Pack {
  /** What goes into the tree. */
  readonly members: readonly Member[];
  readonly sent: readonly FileEntry[];
  /** Paths of the running tree that are linked; those that the new one lacks. */
  readonly links: readonly string[];
  readonly gone: readonly string[];
  readonly manifest: Manifest;
  readonly shared?: readonly string[] | undefined;
  readonly record?: ReleaseRecord | undefined;
}

/** What the agent's op_unpack and op_settle work with: `tree/`, `record/`, and lists. */
export function packOf({ members, sent, links, gone, manifest, shared = [], record }: Pack): Source {
  const entries = [...manifest.entries, ...shared.map(linkTo)];
  const isMuch = amountOf(sent.length, bytesOf(sent)) !== "";
  return tarOf([
    folder("tree", 0o755),
    ...[...members, ...shared.map(linkTo)].map((member) => ({ ...member, path: `tree/${member.path}` })),
    ...(record === undefined ? [] : [folder("record", 0o700), ...recordMembers(record, "record/")]),
    textMember("links", list0(links)),
    textMember("gone", list0(gone)),
    textMember("expected", expectedOf(entries)),
    textMember("sums", sumsOf(sent)),
    ...(isMuch ? [textMember("names", list0(sent.map(({ path }) => path)))] : []),
  ]);
}

function folder(path: string, mode: number): Member {
  return { path, type: "dir", mode };
}

function linkTo(path: string) {
  return { path, type: "link", target: sharedTarget(path) } as const;
}

function bytesOf(files: readonly FileEntry[]): number {
  return files.reduce((sum, { size }) => sum + size, 0);
}

/** As the agent's as_expected lists a tree: sorted, each ended by NUL. */
function expectedOf(entries: readonly Entry[]): string {
  return entries.map(expectedLine).sort(compareBytes).map((line) => `${line}\0`).join(""); // biome-ignore format: one line
}

function expectedLine(entry: Entry): string {
  const { path } = entry;
  if (entry.type === "dir") return `./${path}//d ${entry.mode.toString(8)}`;
  if (entry.type === "link") return `./${path}//l 777 ${Buffer.byteLength(entry.target)} ${entry.target}`;
  return `./${path}//f ${entry.mode.toString(8)} ${entry.size} `;
}

/**
 * As `sha256sum -c` reads them, and openssl-dgst(1) writes them. Which names they write in another way depends on the version, and
 * a line that is not understood is passed over: with such names the list is one that nothing fulfils.
 */
function sumsOf(files: readonly FileEntry[]): string {
  if (files.some(({ path }) => /[\\\n\r]/.test(path))) return "?\n";
  const entries = files.map((file) => ({ ...file, path: `./${file.path}` }));
  return formatSums({ entries }).replace(/^([0-9a-f]{64}) {2}/gm, "$1 *");
}
