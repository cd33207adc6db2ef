import { FacsimileError, isFacsimileError } from "@facsimile/core";
import { type Trust, verifyDetached } from "@facsimile/state";
import { parseRelease, type Release } from "../../release/release.ts";
import type { RecordSource, Records } from "./records.ts";

export interface HeldReleasesOptions {
  readonly records: Records;
  readonly trust: Trust;
  readonly instance: string;
}

/** Releases that hosts hold, each signature verified once however many hosts hold it. */
export class HeldReleases {
  readonly #options: HeldReleasesOptions;
  readonly #verified = new Map<string, Promise<Release>>();

  constructor(options: HeldReleasesOptions) {
    this.#options = options;
  }

  /**
   * @param scope what its signer must be trusted for
   * @throws `RELEASE_INVALID`; what `verifyDetached` throws
   */
  async of(source: RecordSource, scope: string): Promise<Release> {
    const { record } = source.probe;
    const key = JSON.stringify([record["release.json"], record["release.json.asc"], source.place.project, scope]);
    // Of a failure each host tells for itself, in its own name.
    const known = await this.#verified.get(key)?.catch(() => undefined);
    if (known !== undefined) return this.#asCurrent(known, source);
    const verifying = this.#verify(source, scope);
    this.#verified.set(key, verifying);
    return this.#asCurrent(await verifying, source);
  }

  /**
   * Whether {@link of} has nothing against what a host holds.
   *
   * @throws what reading it throws: a host that went away says nothing of its record
   */
  async isWhole(source: RecordSource, scope: string): Promise<boolean> {
    const { records } = this.#options;
    await Promise.all([records.text(source, "release.json"), records.text(source, "release.json.asc")]);
    try {
      await this.of(source, scope);
      return true;
    } catch (error) {
      if (isFacsimileError(error)) return false;
      throw error;
    }
  }

  async #verify(source: RecordSource, scope: string): Promise<Release> {
    const { session, place } = source;
    const { records, trust } = this.#options;
    const [json, signature] = await Promise.all([
      records.text(source, "release.json"),
      records.text(source, "release.json.asc"),
    ]);
    return signedRelease({ json, signature }, { host: session.host, project: place.project, trust, scope });
  }

  #asCurrent(release: Release, { session, place, probe }: RecordSource): Release {
    const { manifest, SHA256SUMS: sums } = probe.record;
    const { instance } = this.#options;
    assertHeld(release, { host: session.host, project: place.project, instance, id: probe.current?.release, manifest, sums }); // biome-ignore format: one line
    return release;
  }
}

/** @throws `RELEASE_INVALID`, `RELEASE_NEWER`; what `verifyDetached` throws */
export async function signedRelease(
  { json = "", signature = "" }: { readonly json: string | undefined; readonly signature: string | undefined },
  { host, project, trust, scope }: { host: string; project: string; trust: Trust; scope: string },
): Promise<Release> {
  const name = `release.json of ${project} on ${host}`;
  const bytes = Buffer.from(json);
  await verifyDetached({ bytes, signature, trust, scope, name });
  return parseRelease(bytes, name);
}

export interface HeldFacts {
  readonly host: string;
  readonly project: string;
  readonly instance: string;
  /** Of the release, as the host says. */
  readonly id: string | undefined;
  /** sha256 of the files beside it. */
  readonly manifest: string | undefined;
  readonly sums: string | undefined;
}

/** The release is the one of that place, and its files are those that it gives the host. @throws `RELEASE_INVALID`, `HOST_NOT_MEANT` */
export function assertHeld(release: Release, { host, project, instance, id, manifest, sums }: HeldFacts): void {
  if (release.project !== project || release.instance !== instance) throw notOfPlace(host, { release, instance });
  if (release.id !== id) throw damaged(host, `it holds release ${release.id.slice(0, 7)} under another id`);
  if (release.hosts[host] === undefined) throw notMeant(host, release);
  if (manifest === undefined || manifest !== release.hosts[host])
    throw damaged(host, `its manifest is not the one of release ${release.id.slice(0, 7)}`);
  if (sums !== release.trees[manifest]?.sums) throw damaged(host, "its SHA256SUMS is not the one of its release");
}

function notMeant(host: string, { project, id, version }: Release): FacsimileError {
  return new FacsimileError("HOST_NOT_MEANT", `${host}: release ${id.slice(0, 7)} of ${project} ${version} was not made for a host of this name`, {
    hint: "A host that was renamed is deployed to anew; until then nothing says what it should hold.",
  }); // biome-ignore format: one line
}

function notOfPlace(host: string, { release, instance }: { release: Release; instance: string }): FacsimileError {
  return new FacsimileError("RELEASE_INVALID", `${host}: it holds a release of ${release.project} for ${release.instance}`, {
    hint: `Another instance has the place, or its record was put there. Whose it is: facs status ${instance}. To take it: facs deploy ${instance} --adopt`,
  }); // biome-ignore format: one line
}

function damaged(host: string, what: string): FacsimileError {
  return new FacsimileError("RELEASE_INVALID", `${host}: ${what}`, {
    hint: "It was damaged or edited. Deploy again.",
  });
}
