import type { FacsimileError } from "@facsimile/core";
import type { Definition, Host } from "@facsimile/definitions";
import type { Difference, Manifest } from "@facsimile/manifest";
import type { Place, Probe, ProbeOptions, Session, TreeOptions } from "@facsimile/transport";
import type { HostCopy, Release } from "../../release/release.ts";
import { driftOf } from "./drift.ts";
import { placeOf, type problemOf, type Reached, treeOptions } from "./hosts.ts";
import type { RecordSource, Records } from "./records.ts";

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
  /**
   * The record is whole, and signed by somebody who is trusted. Looked at only where the release is the wanted one; else it
   * counts as not.
   */
  readonly signed?: boolean | undefined;
  /** What would refuse another tree in a home itself: see `Session.way`. Default: nothing. */
  readonly way?: readonly FacsimileError[] | undefined;
}

/** One host as the survey found it: each wanted project that it is to hold, by name. */
export interface Surveyed {
  readonly reached: Reached;
  readonly projects: ReadonlyMap<string, Survey>;
  readonly problem?: ReturnType<typeof problemOf> | undefined;
}

export interface SurveyRequest {
  readonly definition: Definition;
  readonly project: string;
  readonly host: Host;
  readonly records: Records;
  /** What the host is to hold: where it does, nobody looks at the free space, nor at what lies in the way. */
  readonly wanted: Pick<HostCopy, "treeId" | "manifest"> | undefined;
  /** Whether a host's record is to be believed. Default: nobody looks. */
  readonly isSigned?: ((source: RecordSource) => Promise<boolean>) | undefined;
}

/** Asks a host about one project. Nothing is changed. What the snapshot does not vouch for is hashed anew. */
export async function survey(session: Session, request: SurveyRequest): Promise<Survey> {
  const told = await askHost(session, { ...request, look: ["last", "space", "record", "state", "drift"] });
  const drift = driftOf(session, told);
  const isOther = told.probe.current?.tree !== request.wanted?.treeId;
  // What is there of the wanted tree is put right where it was edited, which something may stand in the way of, too.
  const asking = isOther ? wayOf(session, told, request) : drift.then((found) => (found.differences.length > 0 ? wayOf(session, told, request) : [])); // biome-ignore format: one line
  const [{ differences, actual }, way, signed] = await Promise.all([drift, asking, request.isSigned?.({ session, ...told })]); // biome-ignore format: one line
  return { ...told, manifest: told.manifest ?? actual, drift: differences, way, signed };
}

async function wayOf(
  session: Session,
  { place, options, probe, manifest }: Omit<Survey, "drift">,
  { wanted }: SurveyRequest,
): Promise<Survey["way"]> {
  if (wanted === undefined) return [];
  const isOursAlone = probe.current === undefined && probe.adoption === "ours";
  return session.way(place, { ...options, manifest: wanted.manifest, last: isOursAlone ? { entries: [] } : manifest });
}

/** As {@link survey}, with all of the history; what moved is not hashed. */
export async function surveyHistory(session: Session, request: SurveyRequest): Promise<Survey> {
  return {
    ...(await askHost(session, { ...request, look: ["lock", "history", "record", "state", "drift"] })),
    drift: [],
  };
}

async function askHost(
  session: Session,
  { definition, project, host, records, wanted, look }: SurveyRequest & Pick<ProbeOptions, "look">,
): Promise<Omit<Survey, "drift">> {
  const place = placeOf(definition, { project, host });
  const options = treeOptions(definition, host);
  const probe = await session.probe(place, { ...options, look, wanted: wanted?.treeId });
  const { release, manifest } = await records.of({ session, place, probe });
  return { place, options, probe, release, manifest };
}
