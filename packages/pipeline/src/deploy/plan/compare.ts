import { compareTrees, type Difference } from "@facsimile/manifest";
import { isLeftAlone, missingLink } from "@facsimile/transport";
import type { Copy, HostCopy } from "../../release/release.ts";
import { isSameJson } from "../../release/same-json.ts";
import type { Survey } from "../look/survey.ts";
import type { HostProjectPlan } from "./types.ts";

/** What a deploy would do to one project on one host. Pure. */
export function comparePlan({ copy, wanted, found }: { copy: Copy; wanted: HostCopy; found: Survey }): HostProjectPlan {
  const held = found.manifest ?? { entries: [] };
  // Seen from what the host holds: what it lacks is `missing`, what it has too much is `extra`.
  const changes = [...compareTrees(wanted.manifest, held).filter((change) => comes(change, found)), ...newLinks(found)];
  const before = new Set(found.release?.trees[found.probe.current?.tree ?? ""]?.secrets ?? []);
  const paths = new Set([...changes, ...found.drift].filter(({ kind }) => kind !== "extra").map(({ path }) => path));
  const sent = wanted.manifest.entries.filter((entry) => entry.type === "file" && paths.has(entry.path));
  return {
    project: copy.project,
    tree: wanted.treeId,
    current: found.probe.current?.tree,
    changes,
    drift: found.drift,
    files: sent.length,
    bytes: sent.reduce((sum, entry) => sum + (entry.type === "file" ? entry.size : 0), 0),
    secrets: wanted.secrets,
    newSecrets: wanted.secrets.filter((name) => !before.has(name)),
    release:
      found.probe.current?.release === copy.id &&
      found.probe.current.tree === wanted.treeId &&
      found.release !== undefined &&
      // Damaged, or of a signer who is trusted no more: `verify` would not have it, and no host could go back to it.
      found.signed === true &&
      // Commands are no part of a release's id, and hosts go back by those that they hold.
      isSameJson(found.release.hooks, copy.hooks) &&
      // Else it is to become ours, though nothing is sent.
      found.probe.adoption !== "foreign" &&
      isConfirmed(found),
  };
}

/**
 * What runs there was brought to its end: history is written last, and so is that a way back came to its end. A run that was killed
 * before has left a host whose commands may never have run.
 */
export function isEnded({ probe: { current, history, unsettled } }: Pick<Survey, "probe">): boolean {
  return current !== undefined && history.at(-1)?.dir === current.dir && !unsettled;
}

/** What runs there was brought to its end, and so was the name that its release has now. */
export function isConfirmed(found: Pick<Survey, "probe">): boolean {
  const { current, history } = found.probe;
  return isEnded(found) && history.at(-1)?.release === current?.release;
}

/** Holds exactly the release, files and record, as far as the survey can tell. */
export function isExact({ release, drift, changes }: HostProjectPlan): boolean {
  return release && drift.length === 0 && changes.length === 0;
}

/** What is to be done there: see `Step`. */
export function kindOf(change: HostProjectPlan, found: Survey): "tree" | "switch" | "record" {
  if (needsTree({ ...change, unlinked: found.probe.unlinked })) return "tree";
  return isEnded(found) ? "record" : "switch";
}

/** Needs another tree, or the same one made whole again, or with links that it had no use for before. */
export function needsTree({ tree, current, drift, unlinked = [] }: Needed): boolean {
  return tree !== current || drift.length > 0 || unlinked.length > 0;
}

type Needed = Pick<HostProjectPlan, "tree" | "current" | "drift"> & Partial<Pick<Survey["probe"], "unlinked">>;

/** In a mirror what programs may change is put where it is missing, and neither replaced nor removed. */
function comes({ kind, path }: Difference, found: Survey): boolean {
  return kind === "missing" || !isLeftAlone(path, found);
}

/** What is shared only since the definition says so: links are in no manifest. */
function newLinks({ probe: { unlinked }, drift }: Survey): readonly Difference[] {
  return unlinked.filter((path) => drift.every((lost) => lost.path !== path)).map(missingLink);
}
