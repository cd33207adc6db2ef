import type { Definition, Host } from "@facsimile/definitions";
import { type Landing, landing, type Overlay, type OverlayEntry } from "@facsimile/templates";
import { daemonsFor, pathFor } from "./each.ts";
import type { Overlays } from "./overlays.ts";

/** A file or link of the overlays, as a host sees it. */
export interface TemplateFile {
  /** In the host's tree; of one that lands nowhere, in the overlay. */
  readonly path: string;
  readonly on: Exclude<Landing["on"], "library">;
  readonly entry: OverlayEntry;
  /** The overlay that has it. */
  readonly source: Overlay;
  /** Whose it is, in a group with `each`. */
  readonly daemon?: string | undefined;
}

/** All files that land on the host, and those that land nowhere; the stronger of a path first. */
export function filesOf(layers: Overlays, where: { definition: Definition; host: Host }): TemplateFile[] {
  const daemons = layers.each.flatMap(({ group, overlay }) =>
    daemonsFor(group, where).flatMap((daemon) => filesIn(overlay, { ...where, daemon })),
  );
  const all = [...filesIn(layers.tmpl, where), ...daemons];
  return all.sort((a, b) => RANK[b.on] - RANK[a.on]);
}

function filesIn(source: Overlay, { host, daemon }: { host: Host; daemon?: string }): TemplateFile[] {
  return [...source.entries.values()].flatMap((entry): TemplateFile[] => {
    const place = landing(entry.path);
    if (entry.type === "dir" || place.on === "library") return [];
    if (place.on === "target" && !host.targets.some((target) => target === place.name)) return [];
    const path = daemon === undefined ? place.path : pathFor(place.path, daemon);
    return [{ path, on: place.on, entry, source, daemon }];
  });
}

/** What the user means by `path`: that very path of the overlay, or all that land there, the strongest first. */
export function filesAt(path: string, files: readonly TemplateFile[]): readonly TemplateFile[] {
  const exact = files.filter(
    ({ entry, daemon }) => (daemon === undefined ? entry.path : pathFor(entry.path, daemon)) === path,
  );
  return exact.length > 0 ? exact : files.filter((file) => file.path === path);
}

const RANK: Readonly<Record<TemplateFile["on"], number>> = { host: 3, target: 2, deploy: 1, demand: 0 };
