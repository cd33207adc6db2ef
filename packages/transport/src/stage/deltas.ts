import type { Host } from "../host.ts";
import type { StagePlan } from "./stage-plan.ts";

export interface DeltaRequest {
  readonly plan: StagePlan;
  /** `<home>/<project>` on the host, absolute. */
  readonly base: string;
  /** Folder of `releases/` that is being filled, and the one whose files it starts from. */
  readonly dir: string;
  readonly basis: string;
}

/** Sends what differs of large files, from where they lie. */
export async function copyDeltas(host: Host, { plan, base, dir, basis }: DeltaRequest): Promise<void> {
  const rsync = await host.bulk();
  for (const [from, files] of plan.deltas) {
    const paths = files.map(({ path }) => `./${path}`);
    await rsync?.copy({ from, to: `${base}/releases/.${dir}.partial/tree`, basis: `${base}/releases/${basis}`, paths });
  }
}
