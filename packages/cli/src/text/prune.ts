import type { KeptRelease, PrunePlan } from "@facsimile/pipeline";
import { momentText } from "./release-words.ts";
import { bytes, columns, count, type Style } from "./style.ts";
import { short } from "./words.ts";

/** What stays and why, what would go, and who could not be asked. */
export function prunePlanText({ keep, remove, leftovers, unasked }: PrunePlan, style: Style): string {
  const lines = [
    ...section("stay", keep.map((release) => [...named(release), whyText(release)])),
    ...section("go", remove.map((release) => [...named(release), momentText(release.built ?? ""), bytes(release.bytes ?? 0)])),
    ...section("left by killed runs", leftovers.map((name) => [name])),
    ...(unasked.length === 0 ? [] : [`${style.yellow("!")} not asked: ${unasked.join(" ")}; what they may run stays`]),
  ]; // biome-ignore format: one line each
  return lines.map((line) => `${line}\n`).join("");
}

function section(title: string, rows: readonly string[][]): string[] {
  return rows.length === 0 ? [] : [title, ...columns(rows)];
}

function named({ release, project, version = "" }: KeptRelease | PrunePlan["remove"][number]): string[] {
  return [short(release), project, version];
}

function whyText({ why, on }: KeptRelease): string {
  if (why === "runs") return `runs on ${on.join(" ")}`;
  if (why === "unasked") return `may run on ${on.join(" ")}`;
  return why === "newest" ? "among the newest" : "not whole: facs releases says why";
}

/** What was removed. */
export function prunedText({ instance, remove, leftovers }: PrunePlan): string {
  if (remove.length + leftovers.length === 0) return `${instance}: nothing to remove\n`;
  const size = remove.reduce((sum, release) => sum + (release.bytes ?? 0), 0);
  const rest = leftovers.length === 0 ? "" : ` and ${count(leftovers.length, "leftover")}`;
  return `${instance}: removed ${count(remove.length, "release")}${rest}, ${bytes(size)}\n`;
}
