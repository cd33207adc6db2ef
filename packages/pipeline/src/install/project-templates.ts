import { didYouMean, FacsimileError, meantOr, throwProblems } from "@facsimile/core";
import type { Host } from "@facsimile/definitions";
import type { PipelineContext } from "../context.ts";
import { modulesOf } from "../instance/modules-of.ts";
import type { CopyRequest, Outline } from "../instance/outline.ts";
import { outline } from "../instance/outline-of.ts";
import { type OpenedState, openStateOf } from "../secrets/open.ts";
import { assertReferences } from "../secrets/references.ts";
import { madeBy, moduleContextOf, secretContext, standIn } from "../secrets/values.ts";
import { type PreparedProject, prepare } from "../sources/prepare.ts";
import { eachProblems } from "./each.ts";
import { type Overlays, overlays } from "./overlays.ts";
import { createTemplates, type Templates } from "./templates.ts";
import { tmplGroups } from "./tmpl-groups.ts";
import { unknownTargets } from "./unknown-targets.ts";

export interface TemplatesRequest extends CopyRequest {
  /** As this host sees it. Default: every host that has the project. */
  readonly host?: string | undefined;
  /** Templates see the secrets themselves. Default: stand-ins, which no filter turns into a part of a secret. */
  readonly reveal?: boolean | undefined;
}

/** A project with what its templates are made of. */
export interface ProjectTemplates extends PreparedProject {
  readonly layers: Overlays;
  /** The wanted ones. */
  readonly wantedHosts: readonly Host[];
}

/** Finds the templates of the projects. No state is opened. @throws `UNKNOWN_HOST`, `NO_HOSTS`, and what is wrong with the overlays */
export async function findTemplates(
  request: TemplatesRequest,
  context: PipelineContext,
): Promise<{ outlined: Outline; projects: readonly ProjectTemplates[] }> {
  const outlined = await outline(request, context);
  const prepared = await prepare(outlined, context);
  const chosen = prepared.map((one) => ({ ...one, wantedHosts: hostsOf(one, request) }));
  const projects = chosen.filter(({ wantedHosts }) => wantedHosts.length > 0);
  if (projects.length === 0) throw noHosts(prepared, request);
  return {
    outlined,
    projects: await Promise.all(projects.map(async (one) => ({ ...one, layers: await layersOf(one, context) }))),
  };
}

function hostsOf({ definition }: PreparedProject, { host }: TemplatesRequest): readonly Host[] {
  return definition.hosts.filter(({ name }) => host === undefined || name === host);
}

function noHosts(prepared: readonly PreparedProject[], { host }: TemplatesRequest): FacsimileError {
  if (host === undefined) return new FacsimileError("NO_HOSTS", "no host has this project");
  const names = [...new Set(prepared.flatMap(({ definition }) => definition.hosts.map(({ name }) => name as string)))];
  return new FacsimileError("UNKNOWN_HOST", `no host ${host} has this project`, {
    hint: meantOr(didYouMean(host, names), `Hosts: ${names.join(", ")}`),
  });
}

/** The folders that a project's templates come from. */
export async function layersOf(one: PreparedProject, { root }: PipelineContext): Promise<Overlays> {
  const { definition, project, source, own } = one;
  const { instance } = definition;
  const groups = await tmplGroups({ definition });
  const layers = await overlays({ root, own, instance, project, source: source.dir, groups });
  throwProblems([...unknownTargets(layers, definition), ...eachProblems(layers.each, definition)]);
  return layers;
}

/** Opens the state that the projects' templates need. @throws `SECRETS_MISSING` */
export async function stateFor(
  { outlined, projects }: { outlined: Outline; projects: readonly ProjectTemplates[] },
  context: PipelineContext,
): Promise<OpenedState> {
  const definitions = projects.map(({ definition }) => definition);
  const [only] = definitions;
  const definition = only !== undefined && definitions.length === 1 ? only : outlined.definition;
  const modules = definitions.flatMap(modulesOf);
  const state = await openStateOf({ definition, modules, use: "read" }, context);
  assertComplete(state, outlined.instance.full);
  assertReferences(definitions, { ...state, instance: outlined.instance });
  context.redactor.add(...state.state.secrets().map(standIn));
  return state;
}

/** A rendering with a placeholder for a password would look right and be wrong. */
export function assertComplete({ plan, state }: OpenedState, instance: string): void {
  if (plan.empty) return;
  const missing = [...madeBy(plan), ...Object.keys(plan.uiids)];
  throw new FacsimileError("SECRETS_MISSING", `state ${state.scope} does not have ${missing.join(", ")} yet`, {
    hint: `The next deploy makes them: facs deploy ${instance}\nor by themselves: facs secrets generate ${instance}`,
  });
}

/** The templates with all that they see: without `reveal`, stand-ins of the secrets. */
export function openTemplates(
  { definition, project, version, layers }: Omit<ProjectTemplates, "wantedHosts">,
  { reveal = false, ...state }: OpenedState & Pick<TemplatesRequest, "reveal">,
): Templates {
  const lookup = { ...state, instance: definition.instance, masked: !reveal };
  const moduleOf = (host: Host) => moduleContextOf({ definition, host }, lookup);
  const values = { setting: state.state.settings(), secret: secretContext(lookup), moduleOf };
  return createTemplates({ definition, project, version, values, overlays: layers });
}
