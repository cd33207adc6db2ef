import { compareBytes, type InstanceName, isFacsimileError } from "@facsimile/core";
import { type Conglomerate, type Definition, findConglomerate, listInstances, resolve } from "@facsimile/definitions";
import type { PipelineContext } from "../context.ts";

/** An instance, as far as its scope's state is concerned. */
export interface ScopeUser {
  readonly instance: string;
  readonly scope: string;
  readonly local: boolean;
  /** `state.recipients`: 40 upper-case hex digits each, sorted. */
  readonly wish: readonly string[] | undefined;
}

export interface ScopeUsers {
  /** In byte order. */
  readonly users: readonly ScopeUser[];
  /** Instances whose definition is broken: what they share cannot be known. */
  readonly unread: readonly string[];
}

/** What every instance of the conglomerate uses. */
export async function scopeUsers({ root, env }: Pick<PipelineContext, "root" | "env">): Promise<ScopeUsers> {
  const conglomerate = await findConglomerate(root);
  const instances = await listInstances(conglomerate);
  const found = await Promise.all(instances.map((instance) => userAt(conglomerate, { instance, env })));
  return {
    users: found.filter((user) => user !== undefined),
    unread: instances.filter((_, index) => found[index] === undefined).map(({ full }) => full),
  };
}

/** Who shall open the state, as the definition says; undefined where it does not. */
export function wishOf({ values }: Pick<Definition, "values">): readonly string[] | undefined {
  const wish = values.state?.recipients?.map((fingerprint) => fingerprint.toUpperCase());
  return wish && [...new Set(wish)].sort(compareBytes);
}

async function userAt(
  conglomerate: Conglomerate,
  { instance, env }: { readonly instance: InstanceName; readonly env: PipelineContext["env"] },
): Promise<ScopeUser | undefined> {
  try {
    const definition = await resolve(conglomerate, { instance, env });
    const { scope, local } = definition;
    return { instance: instance.full, scope, local, wish: wishOf(definition) };
  } catch (error) {
    if (isFacsimileError(error)) return undefined;
    throw error;
  }
}
