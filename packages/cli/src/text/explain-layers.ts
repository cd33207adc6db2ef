import { formatPath, type KeyPath } from "@facsimile/core";
import type { Explanation, LookedAt } from "@facsimile/definitions";
import { shellWord } from "./diff.ts";
import { columns, type Style } from "./style.ts";
import { harmless } from "./value.ts";

/** The order of the layers, strongest first. */
export function layersText({ layers }: Explanation, { who }: { who: string }): string {
  return `${[`${who}: layers, strongest first`, ...layerLines(layers, { said: false })].join("\n")}\n`;
}

export interface NotesOptions {
  /** The instance, then the project and the host where they were asked for. */
  readonly who: readonly string[];
  /** Undefined where all layers were asked for. */
  readonly key: KeyPath | undefined;
  readonly style: Style;
}

/** What was not looked at, and what else should be known; nothing where all is well. */
export function notesText(explanation: Explanation, { who, key, style }: NotesOptions): string {
  const { source, projects, problems } = explanation;
  const [instance = "", project = ""] = who;
  const notes: string[] = [];
  if (source !== undefined && !source.found) {
    const fetch = `(facs plan ${instance} ${project} fetches it)`;
    notes.push(
      source.isWhole
        ? `what lies here was explained, not the version of ${instance}: ${source.folder} is not there ${fetch}`
        : `the source's own definitions were not looked at: ${source.folder} is not there ${fetch}`,
    );
  }
  if (source?.found && source.isWhole) notes.push(`as the version of ${instance} has it, in ${source.folder}`);
  if (key !== undefined && projects.length > 0) {
    const own = projects.map((name) => `facs explain ${instance} ${name} ${shellWord(formatPath(key))}`);
    notes.push(`a project sets it for itself too: ${own.join("; ")}`);
  }
  const [several, keep] = problems.length === 1 ? ["1 problem", "keeps"] : [`${problems.length} problems`, "keep"];
  if (problems.length > 0) notes.push(`${several} ${keep} ${instance} from being deployed; facs lint tells all`);
  return notes.map((note) => `${style.yellow("!")} ${harmless(note)}\n`).join("");
}

/** Strongest first; `said`: with what each says of the path. */
export function layerLines(layers: readonly LookedAt[], { said }: { said: boolean }): readonly string[] {
  const rows = layers.toReversed().map(({ name, role, found, isParent, sets, views }) => {
    const says = sets ? "sets it" : "says nothing of it";
    const state = found ? (said ? says : "") : "not there";
    return [harmless(name), isParent ? "  extended" : ROLES[role], state, views.join(" ")];
  });
  const isPlain = rows.every(([, , state]) => state === "");
  return columns(rows.map((row) => row.filter((_, index) => index !== 2 || !isPlain)));
}

const ROLES: Readonly<Record<LookedAt["role"], string>> = {
  defaults: "",
  modules: "modules",
  base: "every instance",
  project: "project",
  instance: "instance",
  install: "install",
  set: "",
};
