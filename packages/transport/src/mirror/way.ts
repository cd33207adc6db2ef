import { FacsimileError } from "@facsimile/core";
import type { Host } from "../host.ts";
import { parseListings, Records } from "../look/listing.ts";
import { isBelow, list0, neighbourProblems, parseNeighbours, scopeOf } from "../look/mirror-scope.ts";
import { checkPlace, placeArgs } from "../look/place.ts";
import { isIgnored, withKept } from "../shared.ts";
import type { Place, WayRequest } from "../types.ts";
import { type MirrorPlan, planMirror } from "./plan.ts";

/** What would refuse a mirror, in one round trip: see `Session.way`. */
export async function mirrorWay(
  host: Host,
  { place, ...request }: WayRequest & { readonly place: Place; readonly kept?: readonly string[] },
): Promise<FacsimileError[]> {
  checkPlace(place);
  const { manifest, last, kept, ignore = () => false } = request;
  const wanted = withKept(manifest, kept);
  const known = new Set(last?.entries.map(({ path }) => path));
  // All that lies in a folder that is to become the project's, not only what is in the way.
  const folder = last !== undefined && scopeOf(place.project, [wanted]).folder && !scopeOf(place.project, [last]).folder ? place.project : ""; // biome-ignore format: one line
  const asked = wanted.entries.filter(({ path, type }) => !isIgnored(path, ignore) && (type === "dir" || !known.has(path)) && !isBelow(path, folder)); // biome-ignore format: one line
  const bytes = Buffer.from(list0(asked.map(({ path }) => path)));
  const records = new Records(await host.ask({ op: "way", args: [...placeArgs(place), folder], bytes }));
  const [home, { project }] = [records.next(), place];
  if (home === "") return [];
  const neighbours = parseNeighbours(records);
  const clashes = neighbourProblems(host.name, { project, wanted: manifest, neighbours });
  const actual = parseListings(records);
  // It moves: the lock will tell.
  if (actual === undefined) return clashes;
  const plan = planMirror({ project, wanted, last, actual, ignore });
  return [...clashes, ...wayProblems(host.name, { plan, home })];
}

/** `HOME_REFUSED` where a link leads elsewhere, `NOT_ADOPTED` where something lies that nobody deployed. */
export function wayProblems(
  host: string,
  { plan: { links, foreign }, home }: { plan: Pick<MirrorPlan, "links" | "foreign">; home: string },
): FacsimileError[] {
  const refused = new FacsimileError("HOME_REFUSED", `${host}: ${named(links, home)}: a symbolic link, where a folder is to be; nothing is written through one`, { hint: "Put a folder in its place, or take the link away." }); // biome-ignore format: one line
  const strange = new FacsimileError("NOT_ADOPTED", `${host}: ${named(foreign, home)}: something else lies there, which facsimile did not put there`, { hint: "Take it away, or let it be replaced." }); // biome-ignore format: one line
  return [...(links.length > 0 ? [refused] : []), ...(foreign.length > 0 ? [strange] : [])];
}

function named(paths: readonly string[], home: string): string {
  const more = paths.length > 5 ? ` and ${paths.length - 5} more` : "";
  return paths.slice(0, 5).map((path) => JSON.stringify(`${home}/${path}`).slice(1, -1)).join(", ") + more; // biome-ignore format: one line
}
