import { FacsimileError, isFacsimileError, throwProblems } from "@facsimile/core";
import { compareTrees, type Difference, formatManifest, formatSums, type Manifest } from "@facsimile/manifest";
import { type ReleaseRecord, type Staged, treeOf, watchedPart } from "@facsimile/transport";
import type { SealedRelease } from "../../release/seal.ts";
import { shrinkProblem } from "../plan/shrinks.ts";
import { goElsewhere, nameOf } from "../rollback/words.ts";
import { forEach } from "./attempts.ts";
import { type HostRun, isReady, isUnreachable, lockOf, type RunContext, type Step, tell } from "./host-run.ts";
import { pathsText } from "./path-words.ts";
import { isTorn, recoverAll } from "./torn.ts";
import { whyHeld } from "./twice.ts";

/**
 * Takes the locks: of the first host in the order of names, then of the others; on a host those of its homes in their order.
 * Two runs over the same hosts meet at the first one, so that neither ends up with half of them.
 */
export async function lockAll(runs: readonly HostRun[], context: RunContext): Promise<void> {
  const [first, ...others] = [...runs].sort((a, b) => (a.host.name < b.host.name ? -1 : 1));
  if (first === undefined) return;
  await forEach([first], context, (run) => lock(run, runs, context));
  if (isReady(first) || isUnreachable(first)) await forEach(others, context, (run) => lock(run, runs, context));
}

async function lock(run: HostRun, all: readonly HostRun[], context: RunContext): Promise<void> {
  const { session, steps } = run;
  const homes = [...new Set(steps.map(({ found }) => found.place.home))].sort();
  for (const home of homes.slice(0, -1)) await take({ home, run, all }, context);
  // Asked in one go: the host answers in this order.
  const last = homes.slice(-1).map((home) => take({ home, run, all }, context));
  if (steps.some(isTorn)) {
    await Promise.all(last);
    await recoverAll(run);
  }
  const looks = steps.map((step) => session.probe(step.found.place, { ...step.found.options, look: looksAt(step) }));
  const [found] = await Promise.all([Promise.all(looks), ...last]);
  for (const [i, now] of found.entries()) {
    const step = steps[i];
    if (step === undefined) continue;
    const { found, copy } = step;
    const [before, after] = [found.probe.current, now.current];
    if (before?.dir !== after?.dir || before?.release !== after?.release) throw moved(run, copy.project);
    if (JSON.stringify(now.states) !== JSON.stringify(found.probe.states)) throw moved(run, "the state");
    if (looksAt(step).includes("drift") && now.snapshot !== "same") throw moved(run, copy.project);
    // Else its tree is compared once more when it is linked from; there was room for it.
    const { snapshot, moved: paths, freeBytes, freeInodes } = found.probe;
    run.probes.set(copy.project, { ...now, snapshot, moved: paths, freeBytes, freeInodes });
  }
  tell(run, context, "locked");
}

/** Only a tree that lies there already is not linked from what runs, which is compared then. */
function looksAt({ kind, found: { probe }, wanted }: Step): readonly ("state" | "history" | "drift")[] {
  const isThere = probe.dirs.some((dir) => treeOf(dir) === wanted.treeId);
  return kind === "tree" && probe.snapshot === "same" && isThere ? ["state", "history", "drift"] : ["state", "history"];
}

/** Takes the lock of one home; from then on the run has it, whatever becomes of what is asked with it. */
async function take(asked: Parameters<typeof whyHeld>[1], context: RunContext): Promise<void> {
  const { home, run } = asked;
  const { owner, journal, action } = context;
  const taking = run.session.lock({ home, owner, run: journal.run, reason: action });
  run.locks.set(
    home,
    await taking.catch(async (error: unknown) => {
      throw await whyHeld(error, asked, context);
    }),
  );
}

/** @returns What to tell of a host that is not any more as it was surveyed. */
export function moved({ host }: Pick<HostRun, "host">, project: string): FacsimileError {
  return new FacsimileError("HOST_MOVED", `${host.name}: somebody else changed ${project} there meanwhile`, {
    hint: "Look at the plan again.",
  });
}

/** Puts every tree complete and proven beside the running one; nothing runs from it yet. */
export async function stageAll(runs: readonly HostRun[], context: RunContext): Promise<void> {
  await forEach(runs, context, async (run) => {
    for (const step of run.steps) await stage(step, run, context);
    tell(run, context, "staged");
  });
}

async function stage(step: Step, run: HostRun, context: RunContext): Promise<void> {
  const { kind, copy, send, wanted, found } = step;
  const record = send && { release: copy.id, files: recordFiles(send.sealed, wanted.manifest) };
  if (kind === "tree" && send !== undefined) {
    const { place, options, manifest: running } = found;
    const [probe, { adopt, journal }] = [run.probes.get(copy.project), context];
    const steady = found.probe.snapshot === "same";
    const staging = lockOf(run, place).stage(place, { ...options, tree: send.tree, manifest: wanted.manifest, run: journal.run, adopt, probe, keep: keepOf(step), running, record, steady }); // biome-ignore format: one line
    const staged = await staging.catch((error: unknown) => {
      throw isFacsimileError(error, "TREE_MOVED") ? moved(run, copy.project) : error;
    });
    assertKept(run, { project: copy.project, lost: staged.lost, allowDeletes: context.allowDeletes });
    run.staged.set(copy.project, staged.dir);
  } else {
    const { adoption } = run.probes.get(copy.project) ?? found.probe;
    if (adoption !== "ours") await lockOf(run, found.place).claim(found.place, { adopt: context.adopt });
    run.staged.set(copy.project, await proven(step, run, context));
    if (record !== undefined) await lockOf(run, found.place).record(found.place, record);
  }
}

/** What no plan could know: how much lies there that is to go. @throws `SHRINKS` */
function assertKept(
  { host }: HostRun,
  { project, lost, allowDeletes }: Pick<Staged, "lost"> & { project: string; allowDeletes: boolean },
): void {
  if (lost !== undefined && !allowDeletes) throwProblems(shrinkProblem(host.name, { project, lost }));
}

/** How many older trees stay on a host. */
export function keepOf({ definition, host }: Step): number {
  return definition.view(host).deploy.keep;
}

/** The folder of a tree that is there, whole. */
async function proven({ dir, found, wanted, send, copy }: Step, run: HostRun, context: RunContext): Promise<string> {
  const { place, options } = found;
  const listed = await lockOf(run, place).list(place, { ...options, dir });
  // The snapshot that is left at the end vouches for the tree, so it must be right now, not when it was surveyed.
  const differences = compareTrees(watchedPart(wanted.manifest, { place, options }), listed.manifest);
  if (differences.length > 0) throw send === undefined ? notWhole(run, { copy, found, differences, ...context }) : moved(run, copy.project); // biome-ignore format: one line
  return listed.dir;
}

/** A tree to go back to that was damaged since it ran. */
function notWhole(
  { host }: HostRun,
  {
    copy,
    found,
    differences,
    instance,
    chosen,
  }: Pick<Step, "copy" | "found"> & Pick<RunContext, "instance" | "chosen"> & { differences: readonly Difference[] },
): FacsimileError {
  const what = `${host.name}: what it holds of ${nameOf(copy)} is not what was signed: ${pathsText(differences)}`;
  return new FacsimileError("ROLLBACK_IMPOSSIBLE", what, {
    hint: goElsewhere(instance, copy, { runs: found.release?.version, chosen }),
  });
}

const records = new WeakMap<SealedRelease, Map<Manifest, ReleaseRecord["files"]>>();

/** What hosts keep of a release, made once for all that hold one tree. */
function recordFiles(sealed: SealedRelease, manifest: Manifest): ReleaseRecord["files"] {
  const known = records.get(sealed)?.get(manifest);
  if (known !== undefined) return known;
  const files = {
    manifest: formatManifest(manifest),
    SHA256SUMS: formatSums(manifest),
    "release.json": Buffer.from(sealed.json).toString("utf8"),
    "release.json.asc": sealed.signature,
  };
  records.set(sealed, new Map(records.get(sealed)).set(manifest, files));
  return files;
}
