import { formatPath, formatPosition, parseProject } from "@facsimile/core";
import { type Definition, listProjects, resolve } from "@facsimile/definitions";
import type { Policy } from "@facsimile/state";
import type { PipelineContext } from "../context.ts";
import { modulesOf } from "../instance/modules-of.ts";
import { type Sharer, type StateOf, sharersIn, stateOf } from "../state/state-of.ts";
import { referencesOf } from "./references.ts";
import { policiesOf } from "./values.ts";

/** The secrets of an instance's scope, and what its definitions say of them. */
export interface SecretScope extends StateOf {
  /** Every secret that a definition wants, by name. */
  readonly wanted: ReadonlyMap<string, WantedSecret>;
  /** Daemons that the definitions number: `workerd.0`. */
  readonly daemons: readonly string[];
  /** Every instance whose state this is, in byte order. */
  readonly sharers: readonly Sharer[];
}

export interface WantedSecret {
  /** `define/dev.json5:6:36`, `module storefront`, `state.generate`. */
  readonly by: string;
  /** How it is made where it is missing; undefined where a person has to give it. */
  readonly policy: Policy | undefined;
}

/**
 * Opens the secrets of an instance.
 *
 * @throws `UNKNOWN_INSTANCE` and all else that is wrong with its definition; what `openState` throws
 */
export async function openSecrets(
  instance: string,
  { use = "write" }: { readonly use?: "read" | "write" },
  context: PipelineContext,
): Promise<SecretScope> {
  const opened = await stateOf(instance, { use }, context);
  const [definitions, sharers] = await Promise.all([definitionsOf(opened, context), sharersIn(opened, context)]);
  const daemons = definitions.flatMap(modulesOf).flatMap((module) => module.daemons.map(({ name }) => name));
  return { ...opened, sharers, daemons: [...new Set(daemons)], wanted: wantedBy(definitions) };
}

/** What holds for all projects, and each project's own. Of one whose definitions live in its source, what lies here. */
async function definitionsOf(
  { conglomerate, instance, definition }: StateOf,
  { env }: PipelineContext,
): Promise<readonly Definition[]> {
  const known = await listProjects(conglomerate);
  const names = Object.keys(definition.values.versions ?? {}).map(parseProject);
  const projects = names.filter((name) => known.includes(name));
  const own = await Promise.all(projects.map((project) => resolve(conglomerate, { instance, project, env })));
  return [definition, ...own];
}

function wantedBy(definitions: readonly Definition[]): ReadonlyMap<string, WantedSecret> {
  const policies = Object.assign({}, ...definitions.map(policiesOf)) as Readonly<Record<string, Policy>>;
  const references = definitions.flatMap((definition) =>
    referencesOf(definition).map(({ name, path, host }) => {
      const position = definition.origin(path, host)?.position;
      const by = position === undefined ? formatPath(path) : formatPosition(position);
      return [name, { by, policy: policies[name] }] as const;
    }),
  );
  const modules = definitions.flatMap(modulesOf).map(({ name, username }) => {
    const password = `passwd/${username}`;
    return [password, { by: `module ${name}`, policy: policies[password] ?? "uuid" }] as const;
  });
  const rules = Object.entries(policies).map(([name, policy]) => [name, { by: "state.generate", policy }] as const);
  // Of several reasons, the one that leads to a place.
  return new Map([...rules, ...references.toReversed(), ...modules]);
}
