import { formatPath, type KeyPath } from "@facsimile/core";
import type { Effect, Place, PlannedEdit, Unread } from "@facsimile/definitions";
import { changesText } from "./changes.ts";
import { placeText } from "./diff.ts";
import { count, type Style } from "./style.ts";
import { harmless } from "./value.ts";
import { groupBy } from "./words.ts";

export interface SetTextOptions {
  readonly key: KeyPath;
  /** A value was set, and not taken out. */
  readonly isSet: boolean;
  readonly dryRun: boolean;
  /** A source repository carries the definitions. */
  readonly carried: boolean;
  readonly style: Style;
}

/** The changed lines, who sees the change and who does not, and what to do next. */
export function setText(edit: PlannedEdit, options: SetTextOptions): string {
  const { file, shown, effects, unread } = edit;
  if (edit.before === edit.after) return sameText(edit, options);
  const told = [...effectLines(effects, options.key), ...unreadLines(unread)];
  const lines = told.length === 0 ? ["seen by nobody: no instance uses this layer"] : told;
  return `${changesText({ file, ...shown }, options.style)}\n${[...lines, "", endLine(edit, options)].join("\n")}\n`;
}

function sameText({ file }: PlannedEdit, { key, isSet }: SetTextOptions): string {
  const what = isSet ? "has this value already" : "is not there";
  return `${harmless(formatPath(key))} ${what} in ${harmless(file)}. Nothing was written.\n`;
}

function endLine({ effects }: PlannedEdit, { dryRun, carried }: SetTextOptions): string {
  if (dryRun) return "Nothing was written: this is a dry run.";
  const [only, ...others] = namesOf(effects.filter(({ isSeen }) => isSeen));
  if (only === undefined) return "Written.";
  if (carried) return "Written. A version has the definitions of its own tag: commit this, then tag it.";
  return `Written; nothing is deployed yet. Run: facs plan ${others.length === 0 ? harmless(only) : "INSTANCE"}`;
}

function effectLines(effects: readonly Effect[], key: KeyPath): readonly string[] {
  const seen = effects.filter(({ isSeen }) => isSeen);
  return [
    ...(seen.length === 0 ? [] : [`seen by ${whoText(seen, effects)}`]),
    ...hiddenLines(effects, key),
    ...unseenLines(effects),
  ];
}

/** One line for each place that is stronger; with the key where that is not the one that was asked for. */
function hiddenLines(effects: readonly Effect[], key: KeyPath): readonly string[] {
  const asked = formatPath(key.filter((part, index) => index > 0 || !part.startsWith("@")));
  const all = effects.flatMap((effect) =>
    effect.hidden.map(({ path, by }) => ({ effect, path: formatPath(path), by })),
  );
  const groups = groupBy(all, ({ path, by }) => JSON.stringify([path, by]));
  return [...groups.values()].flatMap((group) => {
    const who = whoText(group.map(({ effect }) => effect), effects); // biome-ignore format: one line
    return group.slice(0, 1).map(({ path, by }) => {
      const what = path === asked ? "hidden" : `${harmless(path)} hidden`;
      return `${what} in ${who}: ${strongerText(by)} is stronger`;
    });
  });
}

function strongerText(place: Place): string {
  return place.view === undefined ? placeText(place) : `${placeText(place)} (${harmless(place.view)})`;
}

function unseenLines(effects: readonly Effect[]): readonly string[] {
  const unseen = effects.filter(({ isSeen, hidden }) => !isSeen && hidden.length === 0);
  return [...groupBy(unseen, whyUnseen)].map(([why, group]) => `no change in ${whoText(group, effects)}${why}`);
}

function whyUnseen({ sameAs, idleView }: Effect): string {
  if (idleView !== undefined) return `: no host there is in ${harmless(idleView)}`;
  return sameAs === undefined ? "" : `: ${placeText(sameAs)} says the same`;
}

/** More names than these are counted. */
const MAX_NAMES = 6;

/** Instances by their names, or how many; for which projects, where others see it otherwise. */
function whoText(some: readonly Effect[], all: readonly Effect[]): string {
  const names = namesOf(some);
  const who = named(names, "instance");
  const others = all.filter((effect) => names.includes(effect.instance) && !some.includes(effect));
  const projects = [...new Set(some.flatMap(({ project }) => project ?? []))];
  return others.length === 0 ? who : `${who} for ${named(projects, "project")}`;
}

function named(names: readonly string[], noun: string): string {
  return names.length > MAX_NAMES ? count(names.length, noun) : names.map(harmless).join(", ");
}

function namesOf(effects: readonly Effect[]): readonly string[] {
  return [...new Set(effects.map(({ instance }) => instance))];
}

function unreadLines({ projects, instances }: Unread): readonly string[] {
  const why = projects.length === 1 ? "its definitions live in its source" : "their definitions live in their sources";
  return [
    ...(projects.length === 0 ? [] : [`not looked at: ${named(projects, "project")}: ${why}`]),
    ...(instances.length === 0
      ? []
      : [`not looked at: ${named(instances, "instance")}, not readable: facs lint says why`]),
  ];
}
