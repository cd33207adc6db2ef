import { compareBytes, FacsimileError, sha256 } from "@facsimile/core";
import type { HealthCheck, Hook } from "@facsimile/definitions";
import type { Manifest, Tree } from "@facsimile/manifest";

/** What one host of a copy is to hold. */
export interface HostCopy {
  readonly host: string;
  readonly tree: Tree;
  readonly manifest: Manifest;
  readonly treeId: string;
  /** Names of the secrets that its files hold, sorted. */
  readonly secrets: readonly string[];
}

/** One project for one instance, evaluated: what every host is to hold, and from what. */
export interface Copy {
  readonly id: string;
  readonly instance: string;
  readonly project: string;
  readonly version: string;
  readonly source: Release["source"];
  readonly hosts: readonly HostCopy[];
  readonly hooks: Hooks;
}

/** What hosts run around a switch. Kept in the release: a way back runs the old release's. */
export interface Hooks {
  readonly precmd: readonly Hook[];
  readonly postcmd: readonly Hook[];
  readonly health: readonly HealthCheck[];
}

/** The content of `release.json`; docs/formats/release-1.md. */
export interface Release {
  readonly facsimile: "release/1";
  readonly id: string;
  readonly instance: string;
  readonly project: string;
  readonly version: string;
  /** Host → tree id. */
  readonly hosts: Readonly<Record<string, string>>;
  readonly trees: Readonly<Record<string, ReleaseTree>>;
  readonly state: { readonly scope: string; readonly serial: number };
  readonly definition: { readonly commit: string } | { readonly dirty: string };
  /** `dirty`: a digest of the files of a working tree. */
  readonly source: { readonly commit: string } | { readonly dirty: string };
  readonly hooks: Hooks;
  /** ISO 8601, UTC. Outside the id, as is `builder`. */
  readonly built: string;
  /** Fingerprint of the key that signed it. */
  readonly builder: string;
}

export interface ReleaseTree {
  /** sha256 of its `SHA256SUMS`. */
  readonly sums: string;
  /** Names of the secrets that its files hold. */
  readonly secrets: readonly string[];
  /** Paths of the files that hold them: `RELEASE/` is without these. Releases of before say nothing of it. */
  readonly withheld?: readonly string[];
}

/** The id of a release: what, of which version, for whom, and which tree on which host. */
export function releaseId(release: Pick<Release, "instance" | "project" | "version" | "hosts">): string {
  const { instance, project, version, hosts } = release;
  const lines = Object.entries(hosts).map(([host, tree]) => `${tree} ${host}\n`);
  return sha256(`release/1\n${instance}\n${project}\n${version}\n${lines.sort(compareBytes).join("")}`);
}

/** @throws `RELEASE_INVALID`, `RELEASE_NEWER`: `where` names what was read. */
export function parseRelease(bytes: Uint8Array, where: string): Release {
  const release = parseJson(bytes, where);
  const format: unknown = release?.facsimile;
  if (typeof format === "string" && /^release\/\d+$/.test(format) && format !== "release/1") {
    throw new FacsimileError("RELEASE_NEWER", `${where} is of format ${format}; this version reads release/1`, {
      hint: "Use a newer facs.",
    });
  }
  const whole = format === "release/1" && typeof release?.hosts === "object" && release.hosts !== null;
  if (!whole || releaseId(release) !== release.id) throw invalid(where);
  return release;
}

function parseJson(bytes: Uint8Array, where: string): Release {
  try {
    return JSON.parse(Buffer.from(bytes).toString("utf8")) as Release;
  } catch (cause) {
    throw invalid(where, cause);
  }
}

function invalid(where: string, cause?: unknown): FacsimileError {
  return new FacsimileError("RELEASE_INVALID", `${where} is not a whole release/1 document: its id does not fit`, {
    cause,
    hint: "It was damaged or edited. Deploy again.",
  });
}
