import { type FacsimileError, isFacsimileError, type KeyPath, type ProjectName, problemsOf } from "@facsimile/core";
import {
  type Conglomerate,
  type Definition,
  findConglomerate,
  listInstances,
  notSet,
  type ResolveOptions,
  resolve,
  type Shown,
  shownAt,
} from "@facsimile/definitions";
import type { PipelineContext } from "../context.ts";

/** What one instance says of a key. */
export interface Answer {
  readonly instance: string;
  /** Undefined where it does not set the key, or cannot be read. Secrets are hidden. */
  readonly found: Shown | undefined;
  /** Why it cannot be read. */
  readonly problems: readonly FacsimileError[];
}

export interface Question {
  readonly path: KeyPath;
  /** Default: what holds for all projects. */
  readonly project?: ProjectName | undefined;
}

/**
 * Asks every instance for one key. An instance that is broken is told, and hides none of the others.
 *
 * @throws `UNKNOWN_PROJECT`; `NOT_SET` where all can be read and none sets it
 */
export async function answers(
  { path, project }: Question,
  { root, env }: Pick<PipelineContext, "root" | "env">,
): Promise<readonly Answer[]> {
  const conglomerate = await findConglomerate(root);
  const instances = await listInstances(conglomerate);
  const read = await Promise.all(instances.map((instance) => attempt(conglomerate, { instance, project, env })));
  const given = read.map(({ definition, problems }, index): Answer => {
    const found = definition && shownAt(definition, path);
    return { instance: instances[index]?.full ?? "", found, problems };
  });
  if (given.some(({ found, problems }) => found !== undefined || problems.length > 0)) return given;
  throw notSet(path, { where: "any instance", values: read.flatMap(({ definition }) => definition?.values ?? []) });
}

interface Attempt {
  readonly definition: Definition | undefined;
  readonly problems: readonly FacsimileError[];
}

async function attempt(conglomerate: Conglomerate, options: ResolveOptions): Promise<Attempt> {
  try {
    return { definition: await resolve(conglomerate, options), problems: [] };
  } catch (error) {
    // A project that is not there is in no instance: that is a mistake of the one who asks.
    if (!isFacsimileError(error) || error.code === "UNKNOWN_PROJECT") throw error;
    return { definition: undefined, problems: problemsOf(error) };
  }
}
