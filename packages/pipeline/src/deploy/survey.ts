import { isFacsimileError } from "@facsimile/core";
import type { Definition, Host } from "@facsimile/definitions";
import { compareTrees, type Difference, type Manifest, parseManifest, treeId } from "@facsimile/manifest";
import type { Place, Probe, ReleaseRecord, Session, TreeOptions } from "@facsimile/transport";
import { parseRelease, type Release } from "../release/release.ts";
import { placeOf, treeOptions } from "./hosts.ts";

/** What a host holds of one project, and what moved there since it was deployed. */
export interface Survey {
  readonly place: Place;
  readonly options: TreeOptions;
  readonly probe: Probe;
  readonly record: ReleaseRecord | undefined;
  /** As the record has them; `undefined` when there is none, or it is not whole. */
  readonly release: Release | undefined;
  readonly manifest: Manifest | undefined;
  /** How the current tree differs from the manifest. */
  readonly drift: readonly Difference[];
}

/** Asks a host about one project. Nothing is changed. What the snapshot does not vouch for is hashed anew. */
export async function survey(
  session: Session,
  { definition, project, host }: { definition: Definition; project: string; host: Host },
): Promise<Survey> {
  const place = placeOf(definition, { project, host });
  const options = treeOptions(definition, host);
  const probe = await session.probe(place, options);
  const record = probe.current === undefined ? undefined : await session.readRecord(place);
  const release = wholeRelease(record, host.name);
  const manifest = wholeManifest(record, probe);
  const vouched = probe.snapshot === "same" && manifest !== undefined;
  const listed = probe.current === undefined || vouched ? undefined : await session.list(place, options);
  const drift = listed === undefined ? [] : compareTrees(manifest ?? { entries: [] }, listed.manifest);
  return {
    place,
    options,
    probe,
    record,
    release,
    manifest: manifest ?? listed?.manifest,
    drift: manifest === undefined ? [] : drift,
  };
}

function wholeRelease(record: ReleaseRecord | undefined, host: string): Release | undefined {
  const json = record?.files["release.json"];
  return json === undefined ? undefined : orUndefined(() => parseRelease(Buffer.from(json), `release.json on ${host}`));
}

// A record that was damaged counts as none: what runs is then hashed, and what is deployed replaces it.
function wholeManifest(record: ReleaseRecord | undefined, { current }: Probe): Manifest | undefined {
  const text = record?.files["manifest"];
  const manifest = text === undefined ? undefined : orUndefined(() => parseManifest(text));
  return manifest !== undefined && treeId(manifest) === current?.tree ? manifest : undefined;
}

function orUndefined<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (isFacsimileError(error)) return undefined;
    throw error;
  }
}
