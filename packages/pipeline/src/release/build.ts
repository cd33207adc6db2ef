import path from "node:path";
import type { PipelineContext } from "../context.ts";
import { evaluate } from "../deploy/evaluate.ts";
import { assertComplete } from "../install/project-templates.ts";
import type { CopyRequest } from "../instance/outline.ts";
import { outline } from "../instance/outline-of.ts";
import { releaseFolder } from "./layout.ts";
import type { Copy, HostCopy, Release } from "./release.ts";
import type { SealedRelease } from "./seal.ts";
import { sealAll } from "./seal-all.ts";

export interface BuildRequest extends CopyRequest {
  /** Use a state that is older than one seen before, or another, or gone. Default `false`. */
  readonly acceptRollback?: boolean | undefined;
}

export interface BuildReport {
  readonly schema: "build/1";
  readonly instance: string;
  readonly releases: readonly BuiltRelease[];
}

export interface BuiltRelease {
  readonly project: string;
  readonly version: string;
  readonly release: string;
  /** Relative to the root. */
  readonly folder: string;
  /** It was there, whole, and says the same. */
  readonly isOld: boolean;
  readonly definition: Release["definition"];
  readonly source: Release["source"];
  readonly trees: readonly BuiltTree[];
}

export interface BuiltTree {
  readonly tree: string;
  readonly hosts: readonly string[];
  readonly files: number;
  readonly bytes: number;
  readonly secrets: readonly string[];
}

/**
 * Evaluates an instance and seals its releases. No host is asked, and nothing is written but in the work folders.
 *
 * @throws `SECRETS_MISSING` when the state lacks what a deploy would make; what {@link outline} and `evaluate` throw
 */
export async function buildReleases(request: BuildRequest, context: PipelineContext): Promise<BuildReport> {
  const outlined = await outline(request, context);
  const evaluation = await evaluate(outlined, context, { use: "write", acceptRollback: request.acceptRollback });
  assertComplete(evaluation.state, outlined.instance.full);
  const sealed = await sealAll(evaluation, context);
  const releases = evaluation.copies.flatMap((copy) => {
    const found = sealed.get(copy.project);
    return found === undefined ? [] : [builtRelease(copy, { sealed: found, context })];
  });
  return { schema: "build/1", instance: outlined.instance.full, releases };
}

function builtRelease(
  copy: Copy,
  { sealed, context }: { sealed: SealedRelease; context: PipelineContext },
): BuiltRelease {
  const { project, version, id } = copy;
  const { definition, source } = sealed.release;
  const folder = path.relative(context.root, releaseFolder(copy, context));
  const trees = new Map<string, HostCopy[]>();
  for (const host of copy.hosts) trees.set(host.treeId, [...(trees.get(host.treeId) ?? []), host]);
  const built = [...trees.values()].map(builtTree);
  return { project, version, release: id, folder, isOld: sealed.isOld, definition, source, trees: built };
}

function builtTree(hosts: readonly HostCopy[]): BuiltTree {
  const [{ treeId: tree, manifest, secrets }] = hosts as [HostCopy];
  const files = manifest.entries.filter((entry) => entry.type === "file");
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  return { tree, hosts: hosts.map(({ host }) => host), files: files.length, bytes, secrets };
}
