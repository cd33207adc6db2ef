import { compareBytes, FacsimileError, isFacsimileError } from "@facsimile/core";
import {
  describeProjects,
  findConglomerate,
  isInRepo,
  listInstances,
  listProjects,
  resolve,
} from "@facsimile/definitions";
import { changeState, type State } from "@facsimile/state";
import type { PipelineContext } from "../context.ts";
import { modulesOf } from "../instance/modules-of.ts";
import { type StateOf, stateOf } from "./state-of.ts";

/** Uiids to give free. */
export interface Purge {
  readonly opened: StateOf;
  readonly free: readonly { readonly daemon: string; readonly uiid: number }[];
}

/**
 * Uiids of daemons that no definition of any instance of the scope names any more. Nothing is changed.
 *
 * @param request `daemons`: these alone. Default: all that nobody names.
 * @throws `UIID_IN_USE` for a daemon that a definition names; `NOT_SET` for one that has no uiid; `PURGE_UNSURE` where
 *   none is named and not every definition can be known
 */
export async function planPurge(
  { instance, daemons }: { readonly instance: string; readonly daemons: readonly string[] },
  context: PipelineContext,
): Promise<Purge> {
  const opened = await stateOf(instance, {}, context);
  const { state } = opened;
  const { named, unknown } = await daemonsOf(state.scope, context);
  for (const daemon of daemons) {
    const user = named.get(daemon);
    if (user !== undefined) throw inUse(daemon, user);
    if (state.uiid(daemon) === undefined) throw noUiid(state.file, daemon);
  }
  if (daemons.length === 0 && unknown.length > 0) throw unsure(unknown);
  const wanted = daemons.length > 0 ? daemons : state.daemons().filter((daemon) => !named.has(daemon));
  const free = [...new Set(wanted)].sort(compareBytes).map((daemon) => ({ daemon, uiid: state.uiid(daemon) ?? 0 }));
  return { opened, free };
}

/** Gives them free and seals. @throws As `changeState` */
export async function purge({ opened, free }: Purge, { now }: PipelineContext): Promise<State> {
  const changes = free.map(({ daemon }) => ({ type: "forget", daemon }) as const);
  return changeState(opened.state, changes, { keyring: opened.keyring, now });
}

interface Named {
  /** Daemon → an instance whose definition names it. */
  readonly named: ReadonlyMap<string, string>;
  /** What may name more, and why that cannot be known. */
  readonly unknown: readonly string[];
}

async function daemonsOf(scope: string, { root, env }: PipelineContext): Promise<Named> {
  const conglomerate = await findConglomerate(root);
  const projects = [undefined, ...(await listProjects(conglomerate))];
  const named = new Map<string, string>();
  const carried = (await describeProjects(conglomerate)).filter(({ definitions }) => definitions === "source");
  const unknown = [
    ...(isInRepo(conglomerate) ? ["versions of this repository carry their own definitions"] : []),
    ...carried.map(({ project }) => `the definitions of ${project} live in its source`),
  ];
  for (const instance of await listInstances(conglomerate)) {
    try {
      const definitions = await Promise.all(
        projects.map((project) => resolve(conglomerate, { instance, env, project })),
      );
      if (definitions[0]?.scope !== scope) continue;
      const daemons = definitions.flatMap(modulesOf).flatMap((module) => module.daemons);
      for (const { name } of daemons) named.set(name, instance.full);
    } catch (error) {
      if (!isFacsimileError(error)) throw error;
      unknown.push(`${instance.full} cannot be read`);
    }
  }
  return { named, unknown };
}

function inUse(daemon: string, instance: string): FacsimileError {
  return new FacsimileError("UIID_IN_USE", `the definition of ${instance} names ${daemon}: its uiid stays`, {
    hint: "Take the daemon out of the definition and deploy first. Nothing was changed.",
  });
}

function noUiid(file: string, daemon: string): FacsimileError {
  return new FacsimileError("NOT_SET", `${file} holds no uiid of ${daemon}`, {
    hint: "facs state show INSTANCE lists the daemons that have one.",
  });
}

function unsure(unknown: readonly string[]): FacsimileError {
  return new FacsimileError("PURGE_UNSURE", `which daemons are in use cannot be known: ${unknown.join("; ")}`, {
    hint: "Mend that (facs lint), or name the daemons: facs state purge INSTANCE DAEMON",
  });
}
