import path from "node:path";
import { EXIT } from "../exit.ts";
import type { Invocation } from "../invocation.ts";
import { drivenText } from "../text/state-merge.ts";

export interface MergeDriverInvocation extends Invocation {
  /** What git hands over: what both came from, ours, theirs, and the path in the repository. */
  readonly files: readonly [base: string, ours: string, theirs: string, path: string];
}

/** git's part of a merge: gitattributes(5), "Defining a custom merge driver". Exit 1: somebody must look. */
export async function mergeDriverCommand({ files, world, run }: MergeDriverInvocation): Promise<void> {
  const [base, ours, theirs, name] = files;
  const { driveMerge } = await import("@facsimile/pipeline");
  const at = (file: string) => path.resolve(world.cwd, file);
  const merged = await driveMerge({ base: at(base), ours: at(ours), theirs: at(theirs), name });
  world.tell(drivenText(name, merged));
  if (merged.left.length > 0) run.status = EXIT.failed;
}
