import path from "node:path";
import type { Tree, TreeNode } from "@facsimile/manifest";
import type { PipelineContext } from "../context.ts";
import type { Copy, HostCopy } from "../release/release.ts";
import type { SealedRelease } from "../release/seal.ts";
import { sealAll } from "../release/seal-all.ts";
import { comparePlan, isExact, needsTree } from "./compare.ts";
import { type HostRun, isReady, isUnreachable, type RunContext, type Step } from "./host-run.ts";
import { openJournal } from "./journal.ts";
import type { Surveyed } from "./plan.ts";
import { sameHost } from "./plan.ts";
import { reportOf, type Work } from "./report.ts";
import type { DeployReport, HostReport } from "./reports.ts";
import { revertAll } from "./revert.ts";
import { lockAll, stageAll } from "./stage.ts";
import { confirmAll, switchAll } from "./switch.ts";

export interface CarryOutContext extends PipelineContext {
  /** Called when the work must not be stopped any more. */
  readonly letGo: () => void;
  readonly started: Date;
  readonly adopt: boolean;
  readonly recorded: DeployReport["recorded"];
}

/** Seals the releases and brings them to every host that needs something: all or none. */
export async function carryOut(work: Work, context: CarryOutContext): Promise<DeployReport> {
  const sealed = await sealAll(work, context);
  const journal = await openJournal({ work: context.work, instance: work.outline.instance.full, now: context.now });
  const runs = work.surveyed.flatMap((one) => hostRun(one, { work, sealed }));
  const limit = work.outline.definition.values.deploy.parallel;
  const runContext: RunContext = { ...context, journal, limit, by: work.state.keyring.fingerprint };
  context.onEvent({
    type: "run",
    run: journal.run,
    instance: work.outline.instance.full,
    hosts: runs.filter(({ steps }) => steps.length > 0).length,
  });
  journal.note({
    event: "begin",
    projects: work.copies.map(({ project, version, id }) => ({ project, version, release: id })),
    hosts: runs.map(({ host }) => host.name),
  });
  try {
    const outcome = await together(runs, { work, context: runContext });
    const report = reportOf(
      work,
      {
        started: context.started,
        outcome,
        hosts: hostReports(work, runs),
        recorded: context.recorded,
        run: journal.run,
      },
      context,
    );
    journal.note({ event: "end", outcome, hosts: report.hosts.map(({ host, outcome }) => ({ host, outcome })) });
    return report;
  } finally {
    await Promise.all(runs.map(({ lock }) => lock?.unlock()));
    await journal.close();
  }
}

/** Stage all, then switch all; a failure takes all back. */
async function together(
  runs: readonly HostRun[],
  { work, context }: { work: Work; context: RunContext },
): Promise<DeployReport["outcome"]> {
  const active = runs.filter(({ steps }) => steps.length > 0);
  if (active.length === 0) return "partial"; // All that answered hold it already; others did not answer.
  await lockAll(active, context);
  if (mayGoOn(active, { work, context })) await stageAll(active, context);
  if (!mayGoOn(active, { work, context }))
    return active.some(({ irreversible }) => irreversible) ? "partial" : "failed";

  context.letGo(); // From here on, only the end of the work leaves hosts alike.
  const ready = active.filter(isReady);
  await switchAll(ready, context);
  if (ready.every(isReady)) {
    await confirmAll(ready, context);
    return ready.every(isReady) && lostHosts(work, active) === 0 ? "done" : "partial";
  }
  if (ready.some(({ irreversible }) => irreversible)) {
    await confirmAll(ready, context); // Nothing goes back by itself: those that are well keep what they run.
    return "partial";
  }
  await revertAll(ready, context);
  return ready.every(({ switched }) => switched.length === 0) ? "failed" : "partial";
}

/** No host failed, nobody asked to stop, and no more hosts are lost than the definition allows. */
function mayGoOn(active: readonly HostRun[], { work, context }: { work: Work; context: RunContext }): boolean {
  const failed = active.some((run) => !isReady(run) && !isUnreachable(run));
  const { maxUnreachable } = work.outline.definition.values.deploy;
  return (
    !failed && context.signal?.aborted !== true && lostHosts(work, active) <= maxUnreachable && active.some(isReady)
  );
}

function lostHosts({ surveyed }: Work, active: readonly HostRun[]): number {
  return surveyed.filter(({ problem }) => problem !== undefined).length + active.filter(isUnreachable).length;
}

function hostRun(
  surveyed: Surveyed,
  { work, sealed }: { work: Work; sealed: ReadonlyMap<string, SealedRelease> },
): HostRun[] {
  const { reached } = surveyed;
  if (surveyed.problem !== undefined || !("session" in reached)) return [];
  const steps = work.copies.flatMap((copy) => stepOf(copy, { surveyed, work, sealed: sealed.get(copy.project) }));
  const { host, session } = reached;
  return [
    {
      host,
      session,
      steps,
      switched: [],
      probes: new Map(),
      staged: new Map(),
      irreversible: false,
      outcome: steps.length > 0 ? "not tried" : "unchanged",
    },
  ];
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
  const kind = needsTree(change) ? "tree" : "record";
  return [
    {
      copy,
      definition,
      host: sameHost(definition.hosts, host),
      wanted,
      found,
      sealed,
      kind,
      tree: sealedTree(wanted, sealed),
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

function hostReports(work: Work, runs: readonly HostRun[]): HostReport[] {
  return work.surveyed.map(({ reached: { host }, problem }): HostReport => {
    const run = runs.find((one) => one.host.name === host.name);
    const outcome = run?.outcome ?? "unreachable";
    const found = run?.problem ?? problem;
    return { host: host.name, region: host.region, outcome, ...(found === undefined ? {} : { problem: found }) };
  });
}
