import path from "node:path";
import type { Concerns, Merging, NamedKey } from "@facsimile/pipeline";
import type { Clash, MergeChange, MergedFile, MergePlan, MovedUiid, SealFacts } from "@facsimile/state";
import type { Style } from "./style.ts";
import { grouped, nameText } from "./trust.ts";
import { harmless } from "./value.ts";
import { labelled } from "./words.ts";

/** What git's driver did, for the user who merges. */
export function drivenText(name: string, { left, moved }: MergedFile): string {
  const lines = [
    `${harmless(name)}: ${left.length === 0 ? "both sides were joined" : "both sides changed the same, ours stands there for now"}`,
    ...left.map((each) => `  left: ${harmless(each)}`),
    ...moved.map((each) => `  ${movedText(each)}`),
    `  It is not signed. Run: facs state seal --scope ${harmless(path.posix.basename(name, ".json"))}`,
  ];
  return `${lines.join("\n")}\n`;
}

/** Whose two files are joined. */
export function sidesText({ target, open, ours, theirs }: Merging, style: Style): string {
  const base = open.base?.document.seal.serial;
  const doubt = open.baseDoubt === undefined ? "" : `: ${open.baseDoubt.message}`;
  const lines = [
    `${target.file}: two sides`,
    ...labelled("ours", [sideText(ours)]),
    ...labelled("theirs", [sideText(theirs)]),
    ...(base === undefined
      ? [`${style.yellow("!")} what both came from is not known${harmless(doubt)}; what differs is asked for`]
      : labelled("from", [`serial ${base}`])),
  ];
  return `${lines.join("\n")}\n`;
}

function sideText({ serial, signer, signed }: SealFacts): string {
  return `serial ${serial}, signed by ${personText(signer)}, ${dateText(signed)}`;
}

/** `Robin <robin@example.org> 9F3B…11C2`. */
export function personText({ fingerprint, userId }: SealFacts["signer"]): string {
  const short = `${fingerprint.slice(0, 4)}…${fingerprint.slice(-4)}`;
  return userId === undefined ? short : `${harmless(userId)} ${short}`;
}

/** `2026-01-02 03:04 UTC`. */
export function dateText(iso: string): string {
  return `${iso.slice(0, 16).replace("T", " ")} UTC`;
}

/** A clash in one line. */
export function clashLine({ kind, name, ours, theirs }: Clash): string {
  return `${subject(kind, name)}   ours: ${dated(kind, ours)}   theirs: ${dated(kind, theirs)}`;
}

/** A clash as it is asked for. */
export function clashText({ kind, name, ours, theirs }: Clash): string {
  const lines = [`${subject(kind, name)}: changed on both sides`, ...labelled("ours", [dated(kind, ours)]), ...labelled("theirs", [dated(kind, theirs)])]; // biome-ignore format: one line
  return `${lines.join("\n")}\n`;
}

/** When a value was made, as all other dates are shown; what a setting holds stays as it is. */
function dated(kind: Clash["kind"], text: string): string {
  const shown = harmless(text);
  return kind !== "value" ? shown : shown.replace(/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, dateText);
}

function subject(kind: Clash["kind"], name: string): string {
  return kind === "recipients" ? "the recipients" : `${kind === "setting" ? "setting " : ""}${harmless(name)}`;
}

/** What somebody must have meant before he signs it. */
export function concernsText(
  { newcomers, older }: { newcomers: readonly NamedKey[]; older: Concerns["older"] },
  style: Style,
): string {
  const lines = [
    ...older.map((side) => `${side} is older than what came after it, and takes that back: a revert is meant so`),
    ...newcomers.map(
      ({ fingerprint, userId }) => `${grouped(fingerprint)}  ${nameText(userId)} would read every value`,
    ),
  ];
  return lines.map((line) => `${style.yellow("!")} ${line}\n`).join("");
}

/** What comes of a merge, by name. */
export function sealPlanText({ changes, uiids, exposed }: MergePlan, style: Style): string {
  const from = (side: "ours" | "theirs") => changes.filter((change) => change.from === side).map(changeText);
  const lines = [
    ...sideLines("ours", from("ours")),
    ...sideLines("theirs", from("theirs")),
    ...(uiids.moved.length === 0 ? [] : labelled("uiids", uiids.moved.map(movedText))),
    ...exposed.map(
      (name) =>
        `${style.yellow("!")} ${harmless(name)} could be read by somebody who is no recipient any more: rotate it`,
    ),
  ];
  return lines.length === 0 ? "" : `${lines.join("\n")}\n`;
}

function sideLines(label: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : labelled(label, lines);
}

function changeText({ kind, name, change }: MergeChange): string {
  const sign = { added: "+", changed: "~", removed: "-" }[change];
  return `${sign} ${kind === "value" ? "" : `${kind} `}${harmless(name)}`;
}

function movedText({ daemon, from, to, keeper }: MovedUiid): string {
  const why = keeper === undefined ? "both sides had given it one" : `${harmless(keeper)} keeps ${from}`;
  return `${harmless(daemon)} has uiid ${to} now, no longer ${from}: ${why}`;
}

/** What an old file is now. */
export function anewText(file: string, serial: number): string {
  const lines = [`${file}: sealed as the newest, serial ${serial}; what came after it is taken back`];
  return `${[...lines, ...labelled("next", [`git add ${file} && git commit`])].join("\n")}\n`;
}

/** Where it stands now. */
export function sealedText(file: string, serial: number): string {
  const next = `git add ${file}, then go on with git (git status says how)`;
  return `${[`${file}: sealed, serial ${serial}`, ...labelled("next", [next])].join("\n")}\n`;
}
