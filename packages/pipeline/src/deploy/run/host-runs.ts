import path from "node:path";
import type { Tree, TreeNode } from "@facsimile/manifest";
import type { Copy, HostCopy } from "../../release/release.ts";
import type { SealedRelease } from "../../release/seal.ts";
import type { Answering } from "../look/hosts.ts";
import type { Surveyed } from "../look/survey.ts";
import { comparePlan, isExact, kindOf } from "../plan/compare.ts";
import { sameHost } from "../plan/plan.ts";
import type { Work } from "../report.ts";
import type { HostRun, Step } from "./host-run.ts";

interface Planned {
  readonly work: Work;
  readonly sealed: ReadonlyMap<string, SealedRelease>;
}

/** Every host that answered, with what it still has to do. Nothing is asked, nothing is done. */
export function hostRuns({ work, sealed }: Planned): HostRun[] {
  return work.surveyed.flatMap((one) => hostRun(one, { work, sealed }));
}

function hostRun(surveyed: Surveyed, { work, sealed }: Planned): HostRun[] {
  const { reached } = surveyed;
  if (surveyed.problem !== undefined || !("session" in reached)) return [];
  const steps = work.copies.flatMap((copy) => stepOf(copy, { surveyed, work, sealed: sealed.get(copy.project) }));
  return [hostRunOf(reached, steps)];
}

/** A host before anything is done on it. */
export function hostRunOf({ host, session }: Answering, steps: readonly Step[]): HostRun {
  return {
    host,
    session,
    steps: [...steps],
    locks: new Map(),
    switched: [],
    probes: new Map(),
    staged: new Map(),
    irreversible: false,
    isBack: false,
    outcome: steps.length > 0 ? "not tried" : "unchanged",
  };
}

function stepOf(
  copy: Copy,
  { surveyed, work, sealed }: { surveyed: Surveyed; work: Work; sealed: SealedRelease | undefined },
): Step[] {
  const { host } = surveyed.reached;
  const found = surveyed.projects.get(copy.project);
  const wanted = copy.hosts.find((one) => one.host === host.name);
  const definition = work.projects.find(({ project }) => project === copy.project)?.definition;
  if (found === undefined || wanted === undefined || definition === undefined || sealed === undefined) return [];
  const change = comparePlan({ copy, wanted, found });
  if (isExact(change)) return [];
  return [
    {
      copy,
      definition,
      host: sameHost(definition.hosts, host),
      wanted,
      found,
      kind: kindOf(change, found),
      send: { sealed, tree: sealedTree(wanted, sealed) },
    },
  ];
}

// The bulk comes from the sealed release, so that what is sent is what was signed; secrets come from memory only.
function sealedTree({ tree, treeId }: HostCopy, { filesOf }: SealedRelease): Tree {
  const made = sealedTrees.get(tree);
  if (made !== undefined) return made;
  const files = filesOf(treeId);
  const sealedNode = (name: string, node: TreeNode): TreeNode =>
    node.type === "file" && node.secrets.length === 0 ? { ...node, content: { file: path.join(files, name) } } : node;
  const sealed = new Map([...tree].map(([name, node]) => [name, sealedNode(name, node)]));
  sealedTrees.set(tree, sealed);
  return sealed;
}

/** By the tree that was sealed: hosts that share it share what is sent to them. */
const sealedTrees = new WeakMap<Tree, Tree>();
