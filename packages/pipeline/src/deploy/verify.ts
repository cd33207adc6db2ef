import { FacsimileError, sha256 } from "@facsimile/core";
import type { Host } from "@facsimile/definitions";
import { compareTrees, parseManifest, treeId } from "@facsimile/manifest";
import { type Trust, verifyDetached } from "@facsimile/state";
import { fanOut, type ReleaseRecord, type Session } from "@facsimile/transport";
import type { PipelineContext } from "../context.ts";
import { type CopyRequest, type Outline, outline, type WantedProject } from "../instance/outline.ts";
import { trustOf } from "../people/trust.ts";
import { parseRelease, type Release } from "../release/release.ts";
import { closeAll, placeOf, problemOf, type Reached, reachAll, treeOptions } from "./hosts.ts";
import { sameHost } from "./plan.ts";
import type { VerifiedHost, VerifiedProject, VerifyReport } from "./reports.ts";

/**
 * Checks every host against the signed release that it holds: the signature, the record, and every path, hashed by the
 * host itself. Nothing is written; no private key is needed.
 */
export async function verify(request: CopyRequest, context: PipelineContext): Promise<VerifyReport> {
  const outlined = await outline(request, context);
  const reaching = reachAll(outlined, context);
  try {
    const trust = await trustOf({ scope: outlined.definition.scope }, context);
    const reached = await reaching;
    const limit = outlined.definition.values.deploy.parallel;
    const outcomes = await fanOut(reached, { limit, work: (one) => verifyHost(one, { outlined, trust }) });
    const hosts = outcomes.map((outcome): VerifiedHost => {
      if (outcome.status === "done") return outcome.value;
      const { host } = outcome.item;
      return {
        ...named(host),
        projects: [],
        problem: problemOf(outcome.status === "failed" ? outcome.error : undefined, host),
      };
    });
    return { schema: "verify/1", instance: outlined.instance.full, hosts: withOddReleases(hosts) };
  } finally {
    await reaching.then(closeAll, () => undefined);
  }
}

async function verifyHost(
  reached: Reached,
  { outlined, trust }: { outlined: Outline; trust: Trust },
): Promise<VerifiedHost> {
  const { host } = reached;
  if (!("session" in reached)) return { ...named(host), projects: [], problem: reached.problem };
  const projects = outlined.projects.filter(({ definition }) =>
    definition.hosts.some(({ name }) => name === host.name),
  );
  const verified = await Promise.all(
    projects.map((project) => verifyProject(project, { session: reached.session, host, trust })),
  );
  return { ...named(host), projects: verified };
}

async function verifyProject(
  { project, definition }: WantedProject,
  { session, host, trust }: { session: Session; host: Host; trust: Trust },
): Promise<VerifiedProject> {
  const own = sameHost(definition.hosts, host);
  const [place, options] = [placeOf(definition, { project, host: own }), treeOptions(definition, own)];
  const record = await session.readRecord(place);
  if (record === undefined) return { project, differences: [] };
  const release = await trustedRelease(record, {
    host,
    project,
    instance: definition.instance.full,
    trust,
    scope: definition.scope,
  });
  const manifest = parseManifest(record.files["manifest"] ?? "");
  if (treeId(manifest) !== release.hosts[host.name])
    throw damaged(host, `its manifest is not the one of release ${release.id.slice(0, 7)}`);
  if (sha256(record.files["SHA256SUMS"] ?? "") !== release.trees[treeId(manifest)]?.sums)
    throw damaged(host, "its SHA256SUMS is not the one of its release");
  const listing = await session.list(place, options);
  return {
    project,
    version: release.version,
    release: release.id,
    differences: compareTrees(manifest, listing.manifest),
  };
}

async function trustedRelease(
  { files, release: id }: ReleaseRecord,
  {
    host,
    project,
    instance,
    trust,
    scope,
  }: { host: Host; project: string; instance: string; trust: Trust; scope: string },
): Promise<Release> {
  const name = `release.json of ${project} on ${host.name}`;
  const bytes = Buffer.from(files["release.json"] ?? "");
  await verifyDetached({ bytes, signature: files["release.json.asc"] ?? "", trust, scope, name });
  const release = parseRelease(bytes, name);
  if (release.id === id && release.project === project && release.instance === instance) return release;
  throw damaged(host, `it holds a release of ${release.project} for ${release.instance}`);
}

/** The same project in two releases: some host was left behind. Every host with another than the most common is told. */
function withOddReleases(hosts: readonly VerifiedHost[]): VerifiedHost[] {
  const all = hosts.flatMap(({ projects }) => projects);
  const common = new Map(
    [...new Set(all.map(({ project }) => project))].map((project) => [
      project,
      mostCommon(all.filter((one) => one.project === project)),
    ]),
  );
  return hosts.map((host) => {
    const odd = host.projects.find(({ project, release }) => release !== undefined && release !== common.get(project));
    if (host.problem !== undefined || odd === undefined) return host;
    const message = `${odd.project} is of release ${odd.release?.slice(0, 7)} (${odd.version}), on the other hosts of release ${common.get(odd.project)?.slice(0, 7)}`;
    return { ...host, problem: new FacsimileError("ODD_RELEASE", message, { hint: "Deploy again." }) };
  });
}

function mostCommon(projects: readonly VerifiedProject[]): string | undefined {
  const counts = new Map<string, number>();
  for (const { release } of projects) if (release !== undefined) counts.set(release, (counts.get(release) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0];
}

function named({ name, region }: Host): Pick<VerifiedHost, "host" | "region"> {
  return { host: name, region };
}

function damaged(host: Host, what: string): FacsimileError {
  return new FacsimileError("RELEASE_INVALID", `${host.name}: ${what}`, {
    hint: "It was damaged or edited. Deploy again.",
  });
}
