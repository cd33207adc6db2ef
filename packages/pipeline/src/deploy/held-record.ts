import { FacsimileError, sha256 } from "@facsimile/core";
import type { Host } from "@facsimile/definitions";
import { type Manifest, parseManifest, treeId } from "@facsimile/manifest";
import { type Trust, verifyDetached } from "@facsimile/state";
import type { ReleaseRecord } from "@facsimile/transport";
import { parseRelease, type Release } from "../release/release.ts";

/** A release as a host holds it: signed by somebody who is trusted, with the manifest of this host's tree. */
export interface HeldRelease {
  readonly release: Release;
  readonly manifest: Manifest;
}

export interface HeldRequest {
  readonly host: Pick<Host, "name">;
  readonly project: string;
  readonly instance: string;
  /** What the signer must be trusted for. */
  readonly scope: string;
  readonly trust: Trust;
}

/**
 * Checks the record of a release: the signature, that it is of this place, and that manifest and sums are those of the
 * host's tree.
 *
 * @throws `RELEASE_INVALID`, `RELEASE_NEWER`, `MANIFEST_INVALID`, `MANIFEST_NEWER`; what `verifyDetached` throws
 */
export async function heldRelease(record: ReleaseRecord, request: HeldRequest): Promise<HeldRelease> {
  const { host } = request;
  const release = await trustedRelease(record, request);
  const manifest = parseManifest(record.files["manifest"] ?? "");
  if (treeId(manifest) !== release.hosts[host.name])
    throw damaged(host, `its manifest is not the one of release ${release.id.slice(0, 7)}`);
  if (sha256(record.files["SHA256SUMS"] ?? "") !== release.trees[treeId(manifest)]?.sums)
    throw damaged(host, "its SHA256SUMS is not the one of its release");
  return { release, manifest };
}

async function trustedRelease(
  { files, release: id }: ReleaseRecord,
  { host, project, instance, trust, scope }: HeldRequest,
): Promise<Release> {
  const name = `release.json of ${project} on ${host.name}`;
  const bytes = Buffer.from(files["release.json"] ?? "");
  await verifyDetached({ bytes, signature: files["release.json.asc"] ?? "", trust, scope, name });
  const release = parseRelease(bytes, name);
  if (release.id === id && release.project === project && release.instance === instance) return release;
  throw damaged(host, `it holds a release of ${release.project} for ${release.instance}`);
}

function damaged({ name }: Pick<Host, "name">, what: string): FacsimileError {
  return new FacsimileError("RELEASE_INVALID", `${name}: ${what}`, {
    hint: "It was damaged or edited. Deploy again.",
  });
}
