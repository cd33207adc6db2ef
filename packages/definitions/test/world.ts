import path from "node:path";
import { formatProblem, isFacsimileError, parseInstance, parseProject, problemsOf } from "@facsimile/core";
import { tree } from "@facsimile/testing";
import { onTestFinished } from "vitest";
import { type Conglomerate, type Definition, findConglomerate, type ResolveOptions, resolve } from "../src/index.ts";

export interface World {
  readonly root: string;
  /** As it was when the world was made. */
  readonly conglomerate: Conglomerate;
  /** As it is now. */
  now(): Promise<Conglomerate>;
  /** Of the files as they are now. */
  resolve(instance: string, options?: WorldOptions): Promise<Definition>;
}

export interface WorldOptions extends Omit<ResolveOptions, "instance" | "project" | "source"> {
  readonly project?: string;
  /** A folder below the root. */
  readonly source?: string;
}

/** A conglomerate in a temporary folder. */
export async function world(files: Readonly<Record<string, string>>): Promise<World> {
  const root = await tree(files, { onFinished: onTestFinished });
  const conglomerate = await findConglomerate(root);
  return {
    root,
    conglomerate,
    now: () => findConglomerate(root),
    resolve: async (instance, { project, source, ...options } = {}) =>
      resolve(await findConglomerate(root), {
        instance: parseInstance(instance),
        project: project === undefined ? undefined : parseProject(project),
        source: source === undefined ? undefined : path.join(root, source),
        ...options,
      }),
  };
}

/** `CODE file:line:column: message (hint)` of every problem that the work ends with. */
export async function problems(work: Promise<unknown>): Promise<readonly string[]> {
  try {
    await work;
    return [];
  } catch (error) {
    if (!isFacsimileError(error)) throw error;
    return problemsOf(error).map((each) => `${each.code} ${formatProblem(each)}${each.hint ? ` (${each.hint})` : ""}`);
  }
}
