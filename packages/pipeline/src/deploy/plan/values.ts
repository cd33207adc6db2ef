import path from "node:path";
import { FacsimileError, isFacsimileError } from "@facsimile/core";
import { type Definition, resolve } from "@facsimile/definitions";
import type { PipelineContext } from "../../context.ts";
import type { Outline } from "../../instance/outline.ts";
import { resolveAt } from "../../instance/resolve-at.ts";
import type { Copy, Release } from "../../release/release.ts";
import type { PreparedProject } from "../../sources/prepare.ts";
import { definitionCommit } from "../../state/publish.ts";
import type { Surveyed } from "../look/survey.ts";
import type { ValueChange } from "./types.ts";
import { joinedChanges, valueChanges } from "./value-changes.ts";

export interface ValuesRequest {
  readonly outline: Outline;
  readonly projects: readonly PreparedProject[];
  readonly copies: readonly Copy[];
  readonly surveyed: readonly Surveyed[];
}

export interface ComparedValues {
  readonly values: readonly ValueChange[];
  readonly notes: readonly string[];
}

/**
 * What the definitions say otherwise than in the commit that the hosts' releases were made from. A release records
 * nothing for it but that commit: where it is not at hand, a note says so.
 */
export async function comparedValues(request: ValuesRequest, context: PipelineContext): Promise<ComparedValues> {
  const work = request.projects.map((prepared) => projectValues(prepared, { ...context, request }));
  const found = await Promise.all(work);
  return {
    values: joinedChanges(found.flatMap(({ values }) => values)),
    notes: found.flatMap(({ notes }) => notes),
  };
}

type Comparing = PipelineContext & { readonly request: ValuesRequest };

async function projectValues(prepared: PreparedProject, context: Comparing): Promise<ComparedValues> {
  const { project } = prepared;
  const held = heldRelease(project, context.request);
  if (held === undefined) return { values: [], notes: [] };
  try {
    return await changesSince(held, { ...context, prepared });
  } catch (error) {
    if (!isFacsimileError(error)) throw error;
    const told = "the definitions that it was made from cannot be read";
    return { values: [], notes: [`values of ${project} ${held.version} are not compared: ${told} (${error.message})`] };
  }
}

/** Of those that differ from what is wanted, the one that most hosts hold. */
function heldRelease(project: string, { copies, surveyed }: ValuesRequest): Release | undefined {
  const wanted = copies.find((copy) => copy.project === project)?.id;
  const held = surveyed
    .flatMap(({ projects }) => projects.get(project)?.release ?? [])
    .filter(({ id }) => id !== wanted);
  const count = ({ id }: Release) => held.filter((release) => release.id === id).length;
  return [...held].sort((a, b) => count(b) - count(a))[0];
}

/** Both sides are read with the same layers, so that only what somebody changed differs. */
async function changesSince(
  { definition: made, version }: Release,
  { prepared, request, ...context }: Comparing & { readonly prepared: PreparedProject },
): Promise<ComparedValues> {
  const { project } = prepared;
  const { instance } = request.outline;
  if (!("commit" in made)) {
    const told = `values of ${project} ${version} are not compared: it was made from definitions that no commit has`;
    return { values: [], notes: [told] };
  }
  if (await isOf(made.commit, prepared, { ...context, request })) return { values: [], notes: [] };
  const { root, env } = context;
  const then = await resolveAt({ root, ref: refOf(made.commit), instance, env, project }, context);
  const now = await withoutSources(prepared, { ...context, request });
  const notes = now === prepared.definition ? [] : [`what the sources of ${project} define is not compared`];
  return { values: valueChanges(then, { now, project }), notes };
}

/** Whether that commit is what the definitions are now. */
async function isOf(commit: string, { carried }: PreparedProject, context: Comparing): Promise<boolean> {
  if (context.request.outline.set.length > 0) return false;
  if (carried !== undefined) return carried.source.commit === commit;
  const head = await definitionCommit(context);
  return head.commit === commit && !head.dirty;
}

async function withoutSources(
  { definition, source, carried, project }: PreparedProject,
  { request, root, env }: Comparing,
): Promise<Definition> {
  const isOfSource = (file: string) => path.resolve(root, file).startsWith(`${source.dir}${path.sep}`);
  if (carried !== undefined || !definition.files.some(isOfSource)) return definition;
  const { conglomerate, instance, set } = request.outline;
  return resolve(conglomerate, { instance, set, env, project });
}

/** As messages show it; what a host says is no revision by itself. */
function refOf(commit: string): string {
  if (/^[0-9a-f]{40,64}$/.test(commit)) return commit.slice(0, 12);
  throw new FacsimileError("UNKNOWN_REVISION", `${JSON.stringify(commit)} is no commit`);
}
