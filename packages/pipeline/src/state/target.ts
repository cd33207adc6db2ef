import path from "node:path";
import { FacsimileError, parseInstance } from "@facsimile/core";
import { findConglomerate, resolve } from "@facsimile/definitions";
import { scopeOf } from "@facsimile/state";
import type { PipelineContext } from "../context.ts";
import { relativeTo } from "./publish.ts";

/** Which state a command is about. */
export interface StateTarget {
  readonly scope: string;
  /** The folder of all states. */
  readonly folder: string;
  /** Absolute. */
  readonly path: string;
  /** From the root, with `/`. */
  readonly file: string;
  /** As messages of the state name it: `state/dev.json`. */
  readonly name: string;
}

/** An instance, or a scope where the definitions cannot or need not be read. */
export interface TargetRequest {
  readonly instance?: string | undefined;
  readonly scope?: string | undefined;
}

/** @throws `USAGE` unless one of both is given; `BAD_NAME`; what is wrong with the instance's definition */
export async function stateTarget(request: TargetRequest, context: PipelineContext): Promise<StateTarget> {
  const { instance, scope } = request;
  if ((instance === undefined) === (scope === undefined)) {
    throw new FacsimileError("USAGE", "which state?", { hint: "Name an instance, or a scope: --scope NAME" });
  }
  return targetOf(scope === undefined ? await scopeOfInstance(instance ?? "", context) : checked(scope), context);
}

/** The state of a scope. */
export function targetOf(scope: string, { root, own }: Pick<PipelineContext, "root" | "own">): StateTarget {
  const folder = path.join(own, "state");
  const file = path.join(folder, `${scope}.json`);
  return { scope, folder, path: file, file: relativeTo(root, file), name: `state/${scope}.json` };
}

async function scopeOfInstance(text: string, { root, env }: PipelineContext): Promise<string> {
  const instance = parseInstance(text);
  return (await resolve(await findConglomerate(root), { instance, env })).scope;
}

function checked(scope: string): string {
  return scopeOf(parseInstance(scope), parseInstance(scope).full);
}
