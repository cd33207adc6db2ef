import type { HealthCheck, Hook } from "@facsimile/definitions";
import type { ShownEntry, ShownRelease, ShownTree } from "@facsimile/pipeline";
import { differenceCells } from "./difference.ts";
import { madeFrom, momentText } from "./release-words.ts";
import { secretName } from "./secret-names.ts";
import { bytes, columns, count, type Style } from "./style.ts";
import { harmless } from "./value.ts";
import { short } from "./words.ts";

/** All of a release: what, from what, for whom, and every path. */
export function showText(shown: ShownRelease, style: Style): string {
  const { release, builder, folder, trees } = shown;
  const by = builder?.userId === undefined ? release.builder : `${builder.userId} (${release.builder})`;
  const head = [
    ["release", release.id],
    ["sealed", `${momentText(release.built)}, signed by ${by}`],
    ["from", `${madeFrom(release)}, state ${release.state.scope} serial ${release.state.serial}`],
    ["in", folder],
    ...hookCells(release.hooks),
  ];
  const title = style.bold(`${release.project} ${release.version} for ${release.instance}`);
  return text(title, [...columns(head), ...trees.flatMap(treeLines)]);
}

/** What of a release's files is not as it was signed. */
export function damageText({ folder, damage }: ShownRelease, { red, bad }: Style): string {
  const rows = damage.map((difference) => {
    const [kind, path, what] = differenceCells(difference);
    return [kind, path.slice(path.indexOf("/") + 1), what];
  });
  const what = `${folder} is not what was signed, in ${count(damage.length, "path")}. facs build makes it anew.`;
  return text(`${red(bad)} ${what}`, columns(rows));
}

function hookCells({ precmd, postcmd, health }: ShownRelease["release"]["hooks"]): string[][] {
  return [
    ...precmd.map((hook) => ["before", hookText(hook)]),
    ...postcmd.map((hook) => ["after", hookText(hook)]),
    ...health.map((check) => ["health", healthText(check)]),
  ];
}

function hookText({ run, target, once }: Hook): string {
  const where = target === undefined ? "" : ` (on ${target})`;
  return `${[run].flat().join(" ")}${where}${once === true ? " (once)" : ""}`;
}

function healthText({ run, http }: HealthCheck): string {
  return http ?? [run ?? ""].flat().join(" ");
}

function treeLines({ tree, hosts, secrets, entries }: ShownTree): string[] {
  const files = entries.filter((entry) => entry.type === "file");
  const size = files.reduce((sum, entry) => sum + entry.size, 0);
  return [
    "",
    `tree ${short(tree)} of ${hosts.join(" ")}: ${count(files.length, "file")}, ${bytes(size)}`,
    ...(secrets.length === 0 ? [] : [`  holds ${secrets.map(secretName).join(", ")}`]),
    ...columns(entries.map(entryCells)),
  ];
}

function entryCells(entry: ShownEntry): string[] {
  if (entry.type === "link") return ["link", "", `${entry.path} -> ${entry.target}`];
  const mode = entry.mode.toString(8).padStart(4, "0");
  if (entry.type === "dir") return [mode, "", `${entry.path}/`];
  return [mode, bytes(entry.size), `${entry.path}${entry.withheld ? "   holds secrets: only hosts have it" : ""}`];
}

// Names of files may hold anything, and what steers a terminal is nothing to print.
function text(title: string, lines: readonly string[]): string {
  return `${[title, ...lines.map(harmless)].join("\n")}\n`;
}
