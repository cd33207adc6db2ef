import { formatProblem } from "@facsimile/core";
import type { ListedRecipient, ListedScope, RecipientsReport } from "@facsimile/pipeline";
import { columns, count, type Style } from "./style.ts";
import { grouped, nameText } from "./trust.ts";
import { harmless } from "./value.ts";

/** Who can open each state, beside who is to; what is wrong with a key below it. */
export function recipientsText({ scopes, unread }: RecipientsReport, style: Style): string {
  const blocks = [...scopes.map((scope) => scopeLines(scope, style)), unreadLines(unread, style)];
  const told = blocks.filter((block) => block.length > 0).map((block) => block.join("\n"));
  return `${told.length === 0 ? "there is no state yet" : told.join("\n\n")}\n`;
}

function scopeLines(scope: ListedScope, style: Style): string[] {
  const { file, serial, instances, keys, problem } = scope;
  const named = serial === 0 ? `${file}: ${problem === undefined ? "not there yet" : "not taken"}` : `${file}: serial ${serial}`; // biome-ignore format: one line
  const users = instances.length === 0 ? "no instance" : instances.join(", ");
  const problems = [...(problem === undefined ? [] : [problem]), ...keys.flatMap((key) => key.problem ?? [])];
  return [
    `${named}, for ${users}`,
    ...columns(keys.map((key) => [grouped(key.fingerprint), nameText(key.userId), standing(key, scope)])),
    ...[...problems.map(formatProblem), ...adviceOf(scope)].map((line) => `${style.yellow("!")} ${harmless(line)}`),
  ];
}

/** `opens it, you` */
function standing({ sealed, wished, own }: ListedRecipient, { serial, wish }: ListedScope): string {
  const opens = sealed ? "opens it" : serial === 0 ? "" : "cannot open it";
  const differs = sealed && !wished && wish !== "none" ? "not wished by definitions" : "";
  return [own ? "you" : "", opens, differs, wished && !sealed ? "wished by definitions" : ""]
    .filter(Boolean)
    .join(", ");
}

function adviceOf({ serial, wish, keys, remote, instances, file }: ListedScope): readonly string[] {
  if (serial === 0) return [];
  const differs = wish !== "none" && keys.some(({ sealed, wished }) => sealed !== wished);
  const readers = keys.filter(({ sealed }) => sealed).length;
  return [
    ...(wish === "several" ? [`the definitions of ${instances.join(", ")} wish different recipients of one state`] : []),
    ...(differs && wish === "one" ? [`definitions wish others; to follow them: facs recipients apply ${instances[0]}`] : []),
    ...(remote && readers < 2 ? [`one key alone opens ${file}: if it is lost, so is every value`] : []),
  ]; // biome-ignore format: one line each
}

function unreadLines(unread: readonly string[], style: Style): string[] {
  if (unread.length === 0) return [];
  const who = `${count(unread.length, "instance")} cannot be read (${unread.join(", ")})`;
  return [`${style.yellow("!")} ${who}: what they share and wish is not known. facs lint says why.`];
}
