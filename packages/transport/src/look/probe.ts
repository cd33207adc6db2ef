import type { Host } from "../host.ts";
import type { HistoryEntry, Probe } from "../probe-types.ts";
import { isIgnored } from "../shared.ts";
import type { Place, ProbeOptions } from "../types.ts";
import { formatMarker, parseDeployed, parseHistory, parseLock, parseMarker } from "../wire/formats.ts";
import { treeOf } from "./layout.ts";
import { movedPaths, parseStats, Records, type Stats, textOf } from "./listing.ts";
import { checkDir, checkPlace, isDir, isRelease, placeArgs } from "./place.ts";

/** Drift comes last: listings follow it. */
const LOOKS = ["lock", "history", "last", "space", "record", "state", "drift"] as const;
const EVERYTHING = LOOKS.filter((one) => one !== "last");

export async function probe(host: Host, request: ProbeOptions & { readonly place: Place }): Promise<Probe> {
  const { place, look = EVERYTHING, wanted, shared = [] } = request;
  checkPlace(place);
  const spaceFor = wanted === undefined ? "space" : `space:${checkDir(wanted)}`;
  const looks = LOOKS.filter((one) => look.includes(one)).flatMap((one) => {
    if (one === "drift") return [...shared.map((path) => `shared:${path}`), one];
    return one === "space" ? spaceFor : one;
  });
  const body = await host.ask({ op: "probe", args: [...placeArgs(place), ...looks] });
  return parseProbe(body, request);
}

/** Reads what the agent's op_probe wrote. @throws `HOST_FORMAT_NEWER` */
export function parseProbe(body: Buffer, options: ProbeOptions & { readonly place: Place }): Probe {
  const records = new Records(body);
  const found = collect(records);
  const one = (key: string): string => found.get(key)?.[0] ?? "";
  const [dir, release] = [one("c"), one("r")];
  const { bytes, inodes } = parseFree(one("a")) ?? parseSpace(one("k"), one("i"));
  const history = parseHistory(one("h").slice(1));
  const { ignore = () => false } = options;
  return {
    ...adoptionOf(one("m"), { place: options.place, full: found.has("f") }),
    base: one("b"),
    current: dir === "" ? undefined : { dir, tree: treeOf(dir), release: release === "" ? undefined : release },
    unsettled: found.has("y"),
    // Whatever else somebody puts there is nobody's here.
    dirs: (found.get("d") ?? []).filter(isDir),
    record: recordOf(one("s")),
    unlinked: found.get("x") ?? [],
    ...(vouches(history.at(-1), { dir, ...options }) ? snapshotOf(found, { records, ignore }) : UNKNOWN),
    lock: (found.get("l") ?? []).map((text) => parseLock(text, Number(one("t")))).find((lock) => lock !== undefined),
    states: (found.get("n") ?? []).flatMap((line) => parseDeployed(line) ?? []),
    history,
    records: (found.get("o") ?? []).filter(isRelease),
    freeBytes: bytes,
    freeInodes: inodes,
  };
}

/** By their first character, up to the one behind which listings follow. */
export function collect(records: Records): Map<string, string[]> {
  const found = new Map<string, string[]>();
  let before = "";
  while (!records.done && before !== "v") {
    const bytes = records.nextBytes();
    const key = String.fromCharCode(bytes[0] ?? 0);
    // A machine that lost its power leaves anything in a history, NUL too: the lines that are whole still count.
    if (before === "h" && !isRecord(key, bytes)) found.set(before, [`${found.get(before)?.[0]}\n${bytes}`]);
    else {
      const record = key === "h" ? bytes.toString() : textOf(bytes);
      found.set(key, [...(found.get(key) ?? []), record.slice(1)]);
      before = key;
    }
  }
  return found;
}

/** Whether it may be one of those that follow a history; some of them are nothing but their first character. */
function isRecord(key: string, { length }: Buffer): boolean {
  return /[a-z]/.test(key) && !("euv".includes(key) && length > 1);
}

function adoptionOf(
  marker: string,
  { place, full }: { place: Place; full: boolean },
): Pick<Probe, "adoption" | "owner"> {
  if (!marker.startsWith("+")) return { adoption: full ? "foreign" : "fresh", owner: undefined };
  if (marker.slice(1).trimEnd() === formatMarker(place)) return { adoption: "ours", owner: undefined };
  return { adoption: "foreign", owner: parseMarker(marker.slice(1)) };
}

/** `<hash>  <name>` lines. */
function recordOf(lines: string): Probe["record"] {
  const pairs = lines.split("\n").flatMap((line) => {
    const [, hash, name] = /^([0-9a-f]{64}) [ *](.+)$/.exec(line) ?? [];
    return hash === undefined || name === undefined ? [] : [[name, hash] as const];
  });
  return Object.fromEntries(pairs);
}

const UNKNOWN = { snapshot: "unknown", moved: [] } as const;

/** The snapshot says something of all that is watched now: nothing else was left alone when it was taken, as far as anybody noted. */
function vouches(
  last: HistoryEntry | undefined,
  { dir, alone = [] }: { readonly dir: string } & Pick<ProbeOptions, "alone">,
): boolean {
  return last?.dir !== dir || (last.alone ?? []).every((one) => alone.includes(one));
}

interface SnapshotSource {
  readonly records: Records;
  readonly ignore: (path: string) => boolean;
}

function snapshotOf(
  found: Map<string, string[]>,
  { records, ignore }: SnapshotSource,
): Pick<Probe, "snapshot" | "moved"> {
  if (found.has("e")) return { snapshot: "same", moved: [] };
  const [before, now] = found.has("v") ? [parseStats(records), parseStats(records)] : [];
  if (before === undefined || now === undefined) return UNKNOWN;
  const moved = watched({ before, now }, ignore);
  return { snapshot: moved.length === 0 ? "same" : "moved", moved };
}

/** What moved, without what nobody watches, and without folders of which only the times moved because of that. */
export function watched(
  { before, now }: { readonly before: Stats; readonly now: Stats },
  ignore: (path: string) => boolean,
): string[] {
  const moved = movedPaths(before, now);
  const ignored = moved.filter((path) => isIgnored(path, ignore));
  const parents = new Set(ignored.map((path) => path.split("/").slice(0, -1).join("/")));
  const isSame = (path: string) => before.get(path)?.type === now.get(path)?.type && before.get(path)?.mode === now.get(path)?.mode; // biome-ignore format: one line
  return moved.filter((path) => !isIgnored(path, ignore) && !(parents.has(path) && isSame(path)));
}

/** Of `stat -f -c '%a %S %d'`. */
function parseFree(text: string): ReturnType<typeof parseSpace> | undefined {
  const [, blocks, size, inodes] = /^(\d+) (\d+) (\d+)$/.exec(text) ?? [];
  if (blocks === undefined) return undefined;
  return { bytes: Number(blocks) * Number(size), inodes: Number(inodes) };
}

/** Of `df -Pk` and `df -Pi`. Names of devices and mounts may hold blanks; the numbers before the % do not. */
export function parseSpace(blocks: string, inodes: string): { bytes: number; inodes: number | undefined } {
  const free = (text: string): number | undefined => {
    const [, number] = /\s\d+\s+\d+\s+(-?\d+)\s+\d+%/.exec(text) ?? [];
    return number === undefined ? undefined : Number(number);
  };
  return { bytes: (free(blocks) ?? Number.POSITIVE_INFINITY) * 1024, inodes: free(inodes) };
}
