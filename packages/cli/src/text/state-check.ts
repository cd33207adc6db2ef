import { formatProblem } from "@facsimile/core";
import type { CheckedState, HistoryEntry } from "@facsimile/pipeline";
import type { FileChange } from "@facsimile/state";
import { dateText, personText } from "./state-merge.ts";
import { count, type Style } from "./style.ts";
import { harmless } from "./value.ts";

/** A line for each file, and how many are not what they must be. */
export function checkedText(checked: readonly CheckedState[], style: Style): string {
  const bad = checked.filter(({ problem }) => problem !== undefined).length;
  const lines = checked.flatMap((each) => checkedLines(each, style));
  const end = bad === 0 ? [] : [`${bad} of ${count(checked.length, "state")} must not be used.`];
  return checked.length === 0 ? "there is no state yet\n" : `${[...lines, ...end].join("\n")}\n`;
}

function checkedLines({ target, facts, problem }: CheckedState, style: Style): readonly string[] {
  if (problem === undefined) {
    const who = facts && `serial ${facts.serial}, signed by ${personText(facts.signer)}, ${dateText(facts.signed)}`;
    return [`${style.green(style.ok)} ${target.file}   ${who}`];
  }
  const hint = problem.hint === undefined ? [] : problem.hint.split("\n").map((line) => `    ${harmless(line)}`);
  return [`${style.red(style.bad)} ${target.file}   ${problem.code}: ${harmless(formatProblem(problem))}`, ...hint];
}

/** Every file that a state was, the latest first. */
export function historyText(entries: readonly HistoryEntry[], { file, style }: { file: string; style: Style }): string {
  if (entries.length === 0) return `git has no commit of ${file}\n`;
  const bad = entries.filter(({ problem }) => problem !== undefined).length;
  const lines = entries.flatMap((entry) => entryLines(entry, style));
  const end = bad === 0 ? [] : ["", `${count(bad, "file")} of ${entries.length} ${bad === 1 ? "does" : "do"} not verify with the signers of today.`]; // biome-ignore format: one line
  return `${[...lines, ...end].join("\n")}\n`;
}

function entryLines(entry: HistoryEntry, style: Style): readonly string[] {
  const { commit, facts, problem, removed, isOld, changes, rekeyed } = entry;
  const at = `${commit.slice(0, 7)}  ${entry.date.slice(0, 10)}`;
  const by = `committed by ${harmless(entry.author)}`;
  if (removed) return [`${style.red(style.bad)} ${at}  the file was removed, ${by}`];
  const who = facts === undefined ? by : `serial ${facts.serial}, signed by ${personText(facts.signer)}`;
  return [
    `${problem === undefined ? style.green(style.ok) : style.red(style.bad)} ${at}  ${who}`,
    ...(problem === undefined ? [] : [`    ${problem.code}: ${harmless(problem.message)}`]),
    ...(isOld ? [`    ${style.yellow("!")} brought back what an older commit had`] : []),
    ...(changes ?? []).map((change) => `    ${changeText(change)}`),
    ...(rekeyed ? ["    every value encrypted anew"] : []),
  ];
}

function changeText({ kind, name, change }: FileChange): string {
  const sign = { added: "+", changed: "~", removed: "-" }[change];
  return `${sign} ${kind === "value" ? "" : `${kind} `}${harmless(name)}`;
}
