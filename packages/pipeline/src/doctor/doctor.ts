import { isFacsimileError } from "@facsimile/core";
import { findConglomerate } from "@facsimile/definitions";
import type { PipelineContext } from "../context.ts";
import type { Outline } from "../instance/outline.ts";
import { type Finding, failures, ok, warning } from "./finding.ts";
import { keyFindings, stateFindings } from "./keys.ts";
import { repositoryFindings } from "./repository.ts";
import { toolFindings } from "./tools.ts";

export interface DoctorRequest {
  /** Its state and its hosts are looked at; without one, every state and no host. */
  readonly instance?: string | undefined;
  /** The version of Node that runs this. */
  readonly node: string;
}

export interface DoctorReport {
  readonly schema: "doctor/1";
  readonly findings: readonly Finding[];
}

/** Looks at everything that a deploy needs, changes nothing, and tells all that it found. */
export async function doctor(request: DoctorRequest, context: PipelineContext): Promise<DoctorReport> {
  const [tools, key] = await Promise.all([toolFindings(request, context), keyFindings(context)]);
  return { schema: "doctor/1", findings: [...tools, ...key, ...(await conglomerateFindings(request, context))] };
}

async function conglomerateFindings(
  { instance }: DoctorRequest,
  context: PipelineContext,
): Promise<readonly Finding[]> {
  try {
    await findConglomerate(context.root);
  } catch (error) {
    if (!isFacsimileError(error, "NO_CONGLOMERATE")) throw error;
    return [warning("definitions", `there are none in ${context.root} or above`, "facs init DIR, or --root DIR")];
  }
  if (instance === undefined)
    return [...(await repositoryFindings(context)), ...(await stateFindings(undefined, context))];
  return [...(await repositoryFindings(context)), ...(await instanceFindings(instance, context))];
}

async function instanceFindings(instance: string, context: PipelineContext): Promise<readonly Finding[]> {
  let found: Outline;
  const { outline } = await import("../instance/outline-of.ts"); // It brings what checks out and builds.
  try {
    found = await outline({ instance }, context);
  } catch (error) {
    return failures(instance, error);
  }
  const states = await stateFindings(found.definition.scope, context);
  const { hostFindings } = await import("./hosts.ts");
  const count = found.projects.length;
  const definition = ok(instance, `its definition is sound: ${count} project${count === 1 ? "" : "s"}`);
  return [definition, ...states, ...(await hostFindings(found, context))];
}
