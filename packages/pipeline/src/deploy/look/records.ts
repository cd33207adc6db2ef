import { isFacsimileError, sha256 } from "@facsimile/core";
import { type Manifest, parseManifest } from "@facsimile/manifest";
import type { Place, Probe, Session } from "@facsimile/transport";
import { parseRelease, type Release } from "../../release/release.ts";

/** What a host knows about the release that it runs; what is missing there, or damaged, is `undefined`. */
export interface HeldRecord {
  readonly release: Release | undefined;
  readonly manifest: Manifest | undefined;
}

export interface RecordSource {
  readonly session: Session;
  readonly place: Place;
  readonly probe: Probe;
}

/** A file of a record, if it lies here as well; whoever takes it compares its digest. */
export type RecordReader = (source: Pick<RecordSource, "place" | "probe">, name: string) => Promise<string | undefined>;

/** Records of releases that hosts hold. Hosts say their digests first: what lies here is not read from one, the rest from one only. */
export class Records {
  readonly #texts = new Map<string, Promise<string | undefined>>();
  readonly #releases = new Map<string, Release | undefined>();
  readonly #manifests: Map<string, Manifest | undefined>;
  readonly #here: RecordReader;

  /** @param known by tree id: they need not be read. */
  constructor(known: ReadonlyMap<string, Manifest>, here: RecordReader) {
    this.#manifests = new Map(known);
    this.#here = here;
  }

  async of(source: RecordSource): Promise<HeldRecord> {
    const [release, manifest] = await Promise.all([this.#release(source), this.#manifest(source)]);
    return { release, manifest };
  }

  /** A file of the record; `undefined` when it is not there, or not of the digest that its host says. */
  async text(source: RecordSource, name: string): Promise<string | undefined> {
    const digest = source.probe.record[name];
    if (digest === undefined) return undefined;
    const asked = this.#texts.get(digest);
    const text = await asked?.catch(() => undefined);
    if (text !== undefined) return text;
    // Nobody asked yet, or the host that was asked went away.
    const read = this.#read(source, { name, digest });
    this.#texts.set(digest, read);
    return await read;
  }

  async #read(source: RecordSource, wanted: Wanted): Promise<string | undefined> {
    const mine = await this.#here(source, wanted.name);
    return mine !== undefined && sha256(mine) === wanted.digest ? mine : await readText(source, wanted);
  }

  async #release(source: RecordSource): Promise<Release | undefined> {
    const digest = source.probe.record["release.json"] ?? "";
    const text = await this.text(source, "release.json");
    if (text === undefined || this.#releases.has(digest)) return this.#releases.get(digest);
    const release = orUndefined(() => parseRelease(Buffer.from(text), `release.json on ${source.session.host}`));
    this.#releases.set(digest, release);
    return release;
  }

  /** A record that was damaged counts as none: what runs is then hashed, and what is deployed replaces it. */
  async #manifest(source: RecordSource): Promise<Manifest | undefined> {
    const tree = source.probe.current?.tree ?? "";
    // The digest of a manifest is the id of its tree.
    if (source.probe.record["manifest"] !== tree) return undefined;
    if (this.#manifests.has(tree)) return this.#manifests.get(tree);
    const text = await this.text(source, "manifest");
    const manifest = text === undefined ? undefined : orUndefined(() => parseManifest(text));
    this.#manifests.set(tree, manifest);
    return manifest;
  }
}

interface Wanted {
  readonly name: string;
  readonly digest: string;
}

async function readText(
  { session, place, probe }: RecordSource,
  { name, digest }: Wanted,
): Promise<string | undefined> {
  const release = probe.current?.release;
  if (release === undefined) return undefined;
  const text = (await session.readRecord(place, { release, files: [name] }))?.files[name];
  return text !== undefined && sha256(text) === digest ? text : undefined;
}

function orUndefined<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (isFacsimileError(error)) return undefined;
    throw error;
  }
}
