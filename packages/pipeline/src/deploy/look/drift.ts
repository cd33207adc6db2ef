import { compareTrees, type Difference, type Manifest } from "@facsimile/manifest";
import { missingLink, type Place, type Probe, type Session, type TreeOptions, watchedPart } from "@facsimile/transport";

export interface DriftRequest {
  readonly place: Place;
  readonly options: TreeOptions;
  /** With the looks `record` and `drift`. */
  readonly probe: Probe;
  /** What the record says; `undefined`: there is no whole one. */
  readonly manifest: Manifest | undefined;
  /** Hash everything, whatever the snapshot says. Default `false`. */
  readonly deep?: boolean | undefined;
}

export interface Drift {
  /** How the current tree differs from the manifest. */
  readonly differences: readonly Difference[];
  /** What there is; `undefined` where the snapshot vouches for all of it, or nothing runs. */
  readonly actual: Manifest | undefined;
}

/**
 * Finds what differs from what was deployed. The snapshot decides: where nothing moved nothing is asked, where something did
 * only that is hashed; all of it where there is no snapshot, or it is of another tree than the manifest.
 */
export async function driftOf(session: Session, request: DriftRequest): Promise<Drift> {
  const { place, options, probe, manifest, deep = false } = request;
  const isKnown = !deep && manifest !== undefined && probe.record["manifest"] === probe.current?.tree;
  if (probe.current === undefined || (isKnown && probe.snapshot === "same"))
    return { differences: [], actual: undefined };
  const moved = isKnown && probe.snapshot === "moved" ? { paths: probe.moved, manifest } : undefined;
  const { manifest: actual, unlinked } = await session.list(place, { ...options, moved });
  const expected = manifest && watchedPart(manifest, { place, options });
  if (expected === undefined) return { differences: [], actual };
  // A path that is shared only since then had no link to lose.
  const lost = moved === undefined ? unlinked : unlinked.filter((path) => moved.paths.includes(path));
  const differences = compareTrees(expected, actual).map((one) => orLink(one, { place, options }));
  return { differences: [...differences, ...lost.map(missingLink)], actual };
}

/** What lies in the place of a shared path is not too much: it is no link, or one that leads elsewhere. */
function orLink(difference: Difference, { place, options }: Pick<DriftRequest, "place" | "options">): Difference {
  const { kind, path, actual } = difference;
  const isLinked = place.strategy !== "mirror" && options.shared?.includes(path) === true;
  if (kind !== "extra" || actual === undefined || !isLinked) return difference;
  return { ...missingLink(path), kind: actual.type === "link" ? "target" : "type", actual };
}
