import type { Host } from "../host.ts";
import type { FileOnHost, FilesRequest, Place } from "../types.ts";
import { Records } from "./listing.ts";
import { checkDir, checkPlace, placeArgs } from "./place.ts";

export async function readFiles(
  host: Host,
  { place, dir, paths, maxBytes }: FilesRequest & { readonly place: Place },
): Promise<readonly FileOnHost[]> {
  checkPlace(place);
  checkDir(dir);
  const args = [...placeArgs(place), dir, String(maxBytes + 1), ...paths];
  const records = new Records(await host.ask({ op: "files", args }));
  return paths.map(() => fileOf(records.nextBytes(), maxBytes));
}

const NO_CONTENT = { "-": "none", "!": "unreadable" } as const;

/** As agent/files.ts writes it. */
function fileOf(record: Buffer, maxBytes: number): FileOnHost {
  const sign = record.toString("latin1", 0, 1);
  if (sign !== "+") return { kind: NO_CONTENT[sign as keyof typeof NO_CONTENT] ?? "none" };
  const bytes = record.subarray(1);
  if (bytes.length > maxBytes) return { kind: "large" };
  return bytes.includes(1) ? { kind: "binary" } : { kind: "text", bytes };
}
