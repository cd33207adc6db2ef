import type { FacsimileError } from "@facsimile/core";
import type { Host } from "@facsimile/definitions";
import { parseManifest } from "@facsimile/manifest";
import { fanOut } from "@facsimile/transport";
import type { PipelineContext } from "../context.ts";
import type { HostFilter } from "../instance/chosen-hosts.ts";
import type { CopyRequest, Outline, WantedProject } from "../instance/outline.ts";
import { trustOf } from "../people/trust.ts";
import { askedOutline } from "./chosen.ts";
import { driftOf } from "./look/drift.ts";
import { HeldReleases } from "./look/held-release.ts";
import {
  type Answering,
  closeAll,
  isHalfSwitched,
  placeOf,
  problemOf,
  type Reached,
  reachAll,
  treeOptions,
} from "./look/hosts.ts";
import { Records } from "./look/records.ts";
import { recordsHere } from "./look/records-here.ts";
import { withOddReleases } from "./odd-releases.ts";
import { sameHost } from "./plan/plan.ts";
import type { VerifiedHost, VerifiedProject, VerifyReport } from "./reports.ts";

export interface VerifyRequest extends CopyRequest, HostFilter {
  /** Hash every file, not only what moved since the deploy. Default `false`. */
  readonly deep?: boolean | undefined;
}

/** What the checks of all hosts share. */
interface Checking {
  readonly projects: Outline["projects"];
  readonly records: Records;
  readonly releases: HeldReleases;
  readonly deep: boolean;
}

/**
 * Checks every host against the signed release that it holds: the signature, the record, and every path, as the host's own
 * tools see it. Nothing is written; no private key is needed.
 */
export async function verify(request: VerifyRequest, context: PipelineContext): Promise<VerifyReport> {
  const { deep = false } = request;
  const outlined = await askedOutline(request, context);
  const { instance, projects, definition, down } = outlined;
  const reaching = reachAll(outlined, context);
  try {
    const trust = await trustOf({ scope: definition.scope }, context);
    const records = new Records(new Map(), recordsHere(instance.full, context));
    const releases = new HeldReleases({ records, trust, instance: instance.full });
    const checking = { projects, records, releases, deep };
    const outcomes = await fanOut(await reaching, {
      limit: definition.values.deploy.parallel,
      work: (one) => verifyHost(one, checking),
    });
    const hosts = outcomes.map((outcome): VerifiedHost => {
      if (outcome.status === "done") return outcome.value;
      const { host } = outcome.item;
      return unchecked(host, problemOf(outcome.status === "failed" ? outcome.error : undefined, host));
    });
    const defined = projects.map(({ project, version }) => ({ project, version }));
    return {
      schema: "verify/1",
      instance: instance.full,
      deep,
      projects: defined,
      hosts: withOddReleases(hosts, { instance: instance.full, defined }),
      down: down.map((host) => ({ ...named(host), down: String(host.down) })),
    };
  } finally {
    await reaching.then(closeAll, () => undefined);
  }
}

async function verifyHost(reached: Reached, checking: Checking): Promise<VerifiedHost> {
  const { host } = reached;
  if (!("session" in reached)) return unchecked(host, reached.problem);
  const mine = checking.projects.filter(({ definition }) => definition.hosts.some(({ name }) => name === host.name));
  return { ...named(host), projects: await Promise.all(mine.map((one) => verifyProject(one, reached, checking))) };
}

async function verifyProject(
  { project, definition }: WantedProject,
  { session, host }: Answering,
  { records, releases, deep }: Checking,
): Promise<VerifiedProject> {
  const own = sameHost(definition.hosts, host);
  const [place, options] = [placeOf(definition, { project, host: own }), treeOptions(definition, own)];
  // Where everything is hashed anyway, nobody asks what moved.
  const probe = await session.probe(place, { ...options, look: deep ? ["record"] : ["last", "record", "drift"] });
  if (probe.current?.release === undefined)
    return { project, ...(isHalfSwitched(place, probe) ? { torn: true } : {}), differences: [] };
  const source = { session, place, probe };
  const release = await releases.of(source, definition.scope);
  // A switch that was cut short leaves another tree than the record's; it is compared all the same.
  const manifest = (await records.of(source)).manifest ?? parseManifest((await records.text(source, "manifest")) ?? "");
  const { differences } = await driftOf(session, { place, options, probe, manifest, deep });
  return { project, version: release.version, release: release.id, differences };
}

function unchecked(host: Host, problem: FacsimileError | undefined): VerifiedHost {
  return { ...named(host), projects: [], problem };
}

function named({ name, region }: Host): Pick<VerifiedHost, "host" | "region"> {
  return { host: name, region };
}
