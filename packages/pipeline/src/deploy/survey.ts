import type { Definition, Host } from "@facsimile/definitions";
import type { Difference, Manifest } from "@facsimile/manifest";
import type { Place, Probe, Session, TreeOptions } from "@facsimile/transport";
import type { Release } from "../release/release.ts";
import { driftOf } from "./drift.ts";
import { placeOf, treeOptions } from "./hosts.ts";
import type { Records } from "./records.ts";

/** What a host holds of one project, and what moved there since it was deployed. */
export interface Survey {
  readonly place: Place;
  readonly options: TreeOptions;
  readonly probe: Probe;
  /** As the record has them; `undefined` when there is none, or it is not whole. */
  readonly release: Release | undefined;
  readonly manifest: Manifest | undefined;
  /** How the current tree differs from the manifest. */
  readonly drift: readonly Difference[];
}

export interface SurveyRequest {
  readonly definition: Definition;
  readonly project: string;
  readonly host: Host;
  readonly records: Records;
  /** The tree that the host is to run: where it does, nobody looks at the free space. */
  readonly wanted: string | undefined;
}

/** Asks a host about one project. Nothing is changed. What the snapshot does not vouch for is hashed anew. */
export async function survey(
  session: Session,
  { definition, project, host, records, wanted }: SurveyRequest,
): Promise<Survey> {
  const place = placeOf(definition, { project, host });
  const options = treeOptions(definition, host);
  const look = ["last", "space", "record", "state", "drift"] as const;
  const probe = await session.probe(place, { ...options, look, wanted });
  const { release, manifest } = await records.of({ session, place, probe });
  const { differences, actual } = await driftOf(session, { place, options, probe, manifest });
  return { place, options, probe, release, manifest: manifest ?? actual, drift: differences };
}
