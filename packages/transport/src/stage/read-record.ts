import { type Manifest, parseManifest } from "@facsimile/manifest";
import type { Host } from "../host.ts";
import { Records } from "../look/listing.ts";
import { checkPlace, checkRelease, placeArgs } from "../look/place.ts";
import { type Place, RECORD_FILES, type RecordOptions, type ReleaseRecord } from "../types.ts";
import type { Changer } from "./changer.ts";
import type { Staging } from "./staging.ts";

export async function readRecord(
  host: Host,
  { place, release = "", files: names = RECORD_FILES }: RecordOptions & { readonly place: Place },
): Promise<ReleaseRecord | undefined> {
  checkPlace(place);
  if (release !== "") checkRelease(release);
  const records = new Records(await host.ask({ op: "read", args: [...placeArgs(place), release, ...names] }));
  const found = records.next();
  if (found === "" || records.done) return undefined;
  const texts = names.map((name) => [name, records.next()] as const);
  const files = texts.filter(([, text]) => text.startsWith("+")).map(([name, text]) => [name, text.slice(1)]);
  return { release: found, files: Object.fromEntries(files) };
}

export async function recorded({ host }: Changer, { place }: Staging["request"]): Promise<Manifest | undefined> {
  const text = (await readRecord(host, { place }))?.files["manifest"];
  return text === undefined ? undefined : parseManifest(text);
}
