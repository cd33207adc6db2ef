import { compareBytes } from "@facsimile/core";
import { formatManifest, type Manifest } from "@facsimile/manifest";
import { list0, textMember } from "../look/mirror-scope.ts";
import { byMode, type Moded } from "../stage/fill.ts";
import type { Member } from "../wire/tar.ts";
import type { MirrorPlan } from "./plan.ts";

/** The plan as the agent's forward and back read it. */
export function planMembers(manifest: Manifest, plan: MirrorPlan): Member[] {
  const { puts, gone, made, dropped, modes, closed } = plan;
  const paths = (entries: readonly { readonly path: string }[]) => list0(entries.map(({ path }) => path));
  const went = new Set(dropped.map(({ path }) => path));
  const mode = new Map(manifest.entries.flatMap((entry) => (entry.type === "dir" ? [[entry.path, entry.mode]] : [])));
  const changing = new Set(modes.map(({ path }) => path));
  const closing = closed.filter(({ path }) => !changing.has(path));
  const after = closing.filter(({ path }) => !went.has(path)).map((entry) => ({ ...entry, mode: mode.get(entry.path) ?? entry.mode })); // biome-ignore format: one line
  return [
    textMember("puts", paths(puts)),
    textMember("gone", list0(gone)),
    textMember("made", paths(made)),
    textMember("unmade", paths([...made].reverse())),
    textMember("dropped", paths(dropped)),
    textMember("undropped", paths([...dropped].reverse())),
    ...modeMembers("open", closed.map((entry) => ({ ...entry, mode: entry.mode | 0o700 }))), // biome-ignore format: one line
    ...modeMembers("new", innerFirst([...made, ...modes.map(({ path, to }) => ({ path, mode: to })), ...after])), // biome-ignore format: one line
    ...modeMembers("old", innerFirst([...dropped, ...modes.map(({ path, from }) => ({ path, mode: from })), ...closing])), // biome-ignore format: one line
    textMember("manifest", formatManifest(manifest)),
  ];
}

function innerFirst(entries: readonly Moded[]): Moded[] {
  return [...new Map(entries.map((entry) => [entry.path, entry])).values()].sort((a, b) =>
    compareBytes(b.path, a.path),
  );
}

function modeMembers(name: string, entries: readonly Moded[]): Member[] {
  // Of five digits: only so GNU's chmod takes a bit away that a folder has from the one it was made in.
  return byMode(entries).map(([mode, paths], i) => textMember(`${name}.${String(i).padStart(5, "0")}.0${mode}`, list0(paths))); // biome-ignore format: one line
}
