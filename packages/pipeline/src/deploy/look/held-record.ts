import { sha256 } from "@facsimile/core";
import type { Host } from "@facsimile/definitions";
import { type Manifest, parseManifest } from "@facsimile/manifest";
import type { Trust } from "@facsimile/state";
import type { ReleaseRecord } from "@facsimile/transport";
import type { Release } from "../../release/release.ts";
import { assertHeld, signedRelease } from "./held-release.ts";

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
  const { project, instance } = request;
  const host = request.host.name;
  const { manifest = "", SHA256SUMS: sums = "", "release.json": json, "release.json.asc": signature } = record.files;
  const release = await signedRelease({ json, signature }, { ...request, host });
  assertHeld(release, { host, project, instance, id: record.release, manifest: sha256(manifest), sums: sha256(sums) });
  return { release, manifest: parseManifest(manifest) };
}
