import path from "node:path";
import type { Environment, Exec, OnEvent, Redactor } from "@facsimile/core";
import type { RootCandidate } from "@facsimile/state";
import type { PipelineEvent } from "./events.ts";

/** What the pipeline needs of the world; the CLI hands in the real one. */
export interface PipelineContext {
  /** The conglomerate, absolute; this and the next two are as `findConglomerate` gives them. */
  readonly root: string;
  /** The folder of `tmpl/`, `extra/`, `keys/`, `state/` and `hosts/`. */
  readonly own: string;
  /** The folder of `SRC/`, `BUILD/` and `RELEASE/`. */
  readonly work: string;
  /** Where this user's key, trust and memory are kept. */
  readonly configDir: string;
  readonly env: Environment;
  readonly exec: Exec;
  readonly now: () => Date;
  /** Who works here, as others are to see it in locks: `robin@laptop`. */
  readonly owner: string;
  /** Keeps secrets out of every message and log. */
  readonly redactor: Redactor;
  readonly onEvent: OnEvent<PipelineEvent>;
  readonly signal?: AbortSignal | undefined;
  /** Given to `ssh -F`. Default: the user's own. */
  readonly sshConfig?: string | undefined;
  /** Asks a user who trusts nobody yet whether to pin this root. `undefined`: nobody can be asked. Default: that. */
  readonly confirmRoot?: ((candidate: RootCandidate) => Promise<boolean | undefined>) | undefined;
}

/** The folders that Facsimile fills and git ignores. */
export function workFolders({ work }: Pick<PipelineContext, "work">): {
  sources: string;
  builds: string;
  releases: string;
} {
  return { sources: path.join(work, "SRC"), builds: path.join(work, "BUILD"), releases: path.join(work, "RELEASE") };
}
