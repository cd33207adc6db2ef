import { FacsimileError } from "@facsimile/core";
import { compareTrees, type Difference, type Manifest } from "@facsimile/manifest";
import { missingLink, watchedPart } from "@facsimile/transport";
import { type HostRun, lockOf, type RunContext, type Step } from "./host-run.ts";
import { pathsText } from "./path-words.ts";

/**
 * After the commands of a run: they, or what they started, may have written into a copy that was proven before them, also into
 * that of another project.
 *
 * @throws `COPY_CHANGED`
 */
export async function assertCopies(run: HostRun, context: Pick<RunContext, "instance">): Promise<void> {
  const found: Found[] = [];
  for (const { step } of run.switched.filter(({ step }) => step.kind !== "record")) {
    const changed = await changesOf(step, { run, manifest: step.wanted.manifest });
    if (changed.length > 0) found.push({ step, changed });
  }
  if (found.length > 0) throw copyChanged(run, found, context);
}

interface Found {
  readonly step: Step;
  readonly changed: readonly Difference[];
}

/**
 * After a way back: the copy that runs again may have been written to meanwhile, also by way of a link. Nobody knows that of one
 * that had moved before.
 *
 * @throws `COPY_CHANGED`
 */
export async function assertBack(run: HostRun, step: Step, context: Pick<RunContext, "instance">): Promise<void> {
  const { manifest, probe } = step.found;
  if (manifest === undefined || probe.snapshot !== "same") return;
  const changed = await changesOf(step, { run, manifest });
  if (changed.length > 0) throw copyChanged(run, [{ step, changed }], context);
}

/** What moved is hashed. Where only times did, the host notes that. */
async function changesOf(
  { found: { place, options } }: Step,
  { run, manifest }: { run: HostRun; manifest: Manifest },
): Promise<readonly Difference[]> {
  const { current, snapshot } = await run.session.probe(place, { ...options, look: ["drift"] });
  if (current === undefined || snapshot === "same") return [];
  const lock = lockOf(run, place);
  const { manifest: actual, unlinked } = await lock.list(place, options);
  const changed = [...compareTrees(watchedPart(manifest, { place, options }), actual), ...unlinked.map(missingLink)];
  if (changed.length === 0) await lock.remember(place);
  return changed;
}

function copyChanged(
  { host }: HostRun,
  found: readonly Found[],
  { instance }: Pick<RunContext, "instance">,
): FacsimileError {
  const lines = found.map(({ step, changed }) => `${host.name} holds no exact copy of ${step.copy.project} any more: commands, or what they started, changed ${pathsText(changed)}`); // biome-ignore format: one line
  return new FacsimileError("COPY_CHANGED", lines.join("\n"), {
    hint: `Declare what programs write on hosts, as deploy.shared or deploy.mutable. All that differs: facs verify ${instance}`,
  });
}
