import path from "node:path";
import { FacsimileError, throwProblems } from "@facsimile/core";
import type { Definition, Host } from "@facsimile/definitions";
import { type Manifest, manifestOf, type Tree, type TreeNode, treeId } from "@facsimile/manifest";
import { createRenderer, type Layer, type Renderer, readOverlay } from "@facsimile/templates";
import picomatch from "picomatch";
import { hostContext, type TemplateValues, templateContexts } from "./contexts.ts";
import { copyGroup } from "./copy.ts";
import type { HostCopy } from "./release.ts";

export interface AssembleRequest {
  readonly root: string;
  readonly definition: Definition;
  readonly project: string;
  readonly version: string;
  /** Checkout and build folder of the sources. */
  readonly source: string;
  readonly build: string;
  readonly values: TemplateValues;
}

/** What each host is to hold: `extra/`, `tmpl/`, the install groups, the version file; each tree rendered once per distinct view. */
export async function assemble(request: AssembleRequest): Promise<HostCopy[]> {
  const [tmpl, extra] = await Promise.all([renderer(request, "tmpl"), renderer(request, "extra")]);
  const contexts = templateContexts(request);
  const copies = copyGroups(request);
  const problems: FacsimileError[] = [];
  const trees = await Promise.all(
    request.definition.hosts.map(async (host) => {
      const context = contexts(host);
      const view = { context, targets: host.targets, host: hostContext(host) };
      const parts = [["extra", await extra.tree(view)], ["tmpl", await tmpl.tree(view)], ...(await copies(host)), versionFile(request)] as const;
      return { host: host.name, tree: finish(merge(parts, problems), { definition: request.definition, secretNames: [] }) };
    }),
  );
  throwProblems(unique(problems));
  return Promise.all(trees.map(toHostCopy));
}

type Part = readonly [from: string, tree: ReadonlyMap<string, TreeNode>];

async function toHostCopy({ host, tree }: { host: string; tree: Tree }): Promise<HostCopy> {
  const manifest: Manifest = await manifestOf(tree);
  const secrets = new Set([...tree.values()].flatMap((node) => (node.type === "file" ? node.secrets : [])));
  return { host, tree, manifest, treeId: treeId(manifest), secrets: [...secrets].sort() };
}
