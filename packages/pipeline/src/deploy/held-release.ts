import { FacsimileError } from "@facsimile/core";
import { type Trust, verifyDetached } from "@facsimile/state";
import { parseRelease, type Release } from "../release/release.ts";
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

  async #verify(source: RecordSource, scope: string): Promise<Release> {
    const { session, place } = source;
    const { records, trust } = this.#options;
    const [json = "", signature = ""] = await Promise.all([
      records.text(source, "release.json"),
      records.text(source, "release.json.asc"),
    ]);
    const name = `release.json of ${place.project} on ${session.host}`;
    const bytes = Buffer.from(json);
    await verifyDetached({ bytes, signature, trust, scope, name });
    return parseRelease(bytes, name);
  }

  /** The host says which release runs: it must be this one, and this manifest the one that it gives the host. */
  #asCurrent(release: Release, { session, place, probe }: RecordSource): Release {
    const { host } = session;
    const isWanted = release.project === place.project && release.instance === this.#options.instance;
    if (release.id !== probe.current?.release || !isWanted)
      throw damaged(host, `it holds a release of ${release.project} for ${release.instance}`);
    const tree = probe.record["manifest"];
    if (tree === undefined || tree !== release.hosts[host])
      throw damaged(host, `its manifest is not the one of release ${release.id.slice(0, 7)}`);
    if (probe.record["SHA256SUMS"] !== release.trees[tree]?.sums)
      throw damaged(host, "its SHA256SUMS is not the one of its release");
    return release;
  }
}

function damaged(host: string, what: string): FacsimileError {
  return new FacsimileError("RELEASE_INVALID", `${host}: ${what}`, {
    hint: "It was damaged or edited. Deploy again.",
  });
}
