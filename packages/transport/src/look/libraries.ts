import type { Host } from "../host.ts";
import { Records } from "./listing.ts";
import { collect } from "./probe.ts";

/** Shared libraries that somebody wants to know about. */
export interface LibraryQuestion {
  /** As programs ask for them: `libz.so.1`. */
  readonly names: readonly string[];
  /** Further folders to look in, absolute. */
  readonly folders: readonly string[];
  /** Files that must be at this very place, absolute. */
  readonly paths: readonly string[];
}

/** Which of them a host has, and where. It may tell of others too. */
export interface LibraryOffer {
  /** `uname -s`: `Linux`. */
  readonly system: string;
  /** `uname -m`: `x86_64`. */
  readonly machine: string;
  /** In the loader's cache: for each library of a name what ldconfig calls it, `libc6,x86-64`. */
  readonly cached: ReadonlyMap<string, readonly string[]>;
  /** In folders where loaders look by themselves. Of which kind is not known. */
  readonly listed: ReadonlySet<string>;
  /** In one of the folders that were asked about. Of which kind is not known. */
  readonly inFolders: ReadonlySet<string>;
  /** Of the paths that were asked about, those that are there. */
  readonly paths: ReadonlySet<string>;
}

/** Linux takes 128 KiB as one argument (execve(2), MAX_ARG_STRLEN); an empty pattern lets everything through. */
const MAX_PATTERNS = 100_000;

export async function libraries(host: Host, { names, folders, paths }: LibraryQuestion): Promise<LibraryOffer> {
  const patterns = names.join("\n");
  const listed = folders.map((folder) => (folder.endsWith("/") ? folder : `${folder}/`));
  const args = [patterns.length > MAX_PATTERNS ? "" : patterns, ...listed, ...paths];
  return parseLibraries(await host.ask({ op: "libraries", args }));
}

/** Reads what the agent's op_libraries wrote. */
export function parseLibraries(body: Buffer): LibraryOffer {
  const found = collect(new Records(body));
  const lines = (key: string): string[] => (found.get(key) ?? []).flatMap((text) => text.split("\n"));
  const [system = "", machine = ""] = (found.get("m")?.[0] ?? "").trim().split(" ");
  return {
    system,
    machine,
    cached: cacheOf(lines("c")),
    listed: new Set(lines("l")),
    inFolders: new Set(lines("f")),
    paths: new Set(found.get("p")),
  };
}

/** `\tlibz.so.1 (libc6,x86-64, OS ABI: Linux 3.2.0) => /lib/x86_64-linux-gnu/libz.so.1` */
function cacheOf(lines: readonly string[]): Map<string, string[]> {
  const cache = new Map<string, string[]>();
  for (const line of lines) {
    const [, name, kind] = /^\s+(\S+) \(([^)]*)\) => /.exec(line) ?? [];
    if (name === undefined || kind === undefined) continue;
    cache.set(name, [...(cache.get(name) ?? []), kind]);
  }
  return cache;
}
