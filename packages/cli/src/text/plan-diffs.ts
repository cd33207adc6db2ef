import { compareBytes } from "@facsimile/core";
import type { FileChange, HiddenTexts } from "@facsimile/pipeline";
import { changedLines, type Line } from "./changes.ts";
import { bytes, type Style } from "./style.ts";
import { harmless } from "./value.ts";
import { groupBy } from "./words.ts";

/** More files than this are only counted. */
const SHOWN = 30;

/** How rendered files change, as `diff -u` shows it; hosts on which the same lines change are one group. */
export function fileChangeLines(files: readonly FileChange[], style: Style): string[] {
  const told = files.map((file) => ({ file, lines: linesOf(file, style) }));
  const key = ({ file, lines }: Told) => JSON.stringify([file.project, file.path, lines.filter(isChange)]);
  const groups = [...groupBy(told, key).values()].sort(byPath);
  const left = groups.length - SHOWN;
  return [
    ...groups.slice(0, SHOWN).flatMap((group) => groupLines(group)),
    ...(left > 0 ? [`  and ${left} more: --json has them`] : []),
  ];
}

interface Told {
  readonly file: FileChange;
  readonly lines: readonly Line[];
}

function byPath([a]: readonly Told[], [b]: readonly Told[]): number {
  return compareBytes(a?.file.path ?? "", b?.file.path ?? "");
}

function isChange({ sign }: Line): boolean {
  return sign !== " ";
}

/** What lies around the changed lines is left out where it is not the same on all, as where it has the host's name. */
function groupLines(group: readonly Told[]): string[] {
  const [first] = group;
  if (first === undefined) return [];
  const { path, project } = first.file;
  const hosts = group.flatMap(({ file }) => file.hosts);
  const who = hosts.length === 1 ? hosts.join("") : `${hosts.length} hosts alike`;
  const isSame = new Set(group.map(({ lines }) => JSON.stringify(lines))).size === 1;
  const shown = isSame ? first.lines : first.lines.filter(isChange);
  return [`  ~ ${harmless(path)}   ${project}, ${who}`, ...shown.map(({ text }) => `      ${text}`)];
}

function linesOf({ texts, sizes }: FileChange, style: Style): readonly Line[] {
  if ("hidden" in texts) return [{ sign: "", text: `(${hiddenText(texts, { sizes, style })})` }];
  if (texts.before === texts.after) return [{ sign: "", text: "(only secrets change)" }];
  return changedLines(texts, style);
}

function hiddenText({ hidden }: HiddenTexts, { sizes, style }: { sizes: FileChange["sizes"]; style: Style }): string {
  const change = `${bytes(sizes.from)} ${style.arrow} ${bytes(sizes.to)}`;
  return { ...WHY, binary: `no text: ${change}`, large: `too large to be shown: ${change}` }[hidden];
}

const WHY = {
  secrets: "holds secrets; what they were is not known",
  unreadable: "the login may not read it",
  moved: "it changed while the plan was made",
};
