import fs from "node:fs/promises";
import { didYouMean, FacsimileError } from "@facsimile/core";
import type { Host } from "@facsimile/definitions";
import { createRenderer, type Overlay } from "@facsimile/templates";
import type { PipelineContext } from "../context.ts";
import { modulesOf } from "../instance/modules-of.ts";
import { type CopyRequest, outline } from "../instance/outline.ts";
import { type OpenedState, openStateOf } from "../secrets/open.ts";
import { assertReferences, withSecretHints } from "../secrets/references.ts";
import { madeBy, moduleContextOf, secretContext } from "../secrets/values.ts";
import { type PreparedProject, prepare } from "../sources/prepare.ts";
import { hostContext, templateContexts } from "./contexts.ts";
import { installGroups } from "./groups.ts";
import { overlays } from "./overlays.ts";

export interface RenderRequest extends Omit<CopyRequest, "projects"> {
  readonly project: string;
  /** A path of the overlay, such as `init.sql`, `_DEPLOY_/etc/app.ini` or, as it lands, `etc/app.ini`. */
  readonly path: string;
  /** For `_HOST_/` and views. Default: the project's first host. */
  readonly host?: string | undefined;
}

/** One rendered file. The secrets in it are real: mask them before anything is shown. */
export interface RenderedFile {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly secrets: readonly string[];
}

/** Renders one template, also one that no host receives. @throws `UNKNOWN_TEMPLATE`, `SECRETS_MISSING` and what templates throw */
export async function render(request: RenderRequest, context: PipelineContext): Promise<RenderedFile> {
  const outlined = await outline({ ...request, projects: [request.project] }, context);
  const [prepared] = await prepare(outlined, context);
  if (prepared === undefined) throw new Error("an outline of one project has one project");
  const { definition } = prepared;
  const state = await openStateOf({ definition, modules: modulesOf(definition), use: "read" }, context);
  assertComplete(state, request.instance);
  assertReferences([definition], { ...state, instance: definition.instance });
  return withSecretHints(request.instance, () => renderOne(prepared, { request, state }, context));
}

async function renderOne(
  { definition, project, version, source, own, build }: PreparedProject,
  { request, state }: { request: RenderRequest; state: OpenedState },
  context: PipelineContext,
): Promise<RenderedFile> {
  const { instance } = definition;
  const { tmpl: groups } = await installGroups({ definition, project, source: source.dir, build });
  const { tmpl, lib } = await overlays({ root: context.root, own, instance, project, source: source.dir, groups });
  const lookup = { ...state, instance };
  const host = hostOf(definition.hosts, request);
  const moduleOf = (one: Host) => moduleContextOf({ definition, host: one }, lookup);
  const values = { setting: state.state.settings(), secret: secretContext(lookup), moduleOf };
  const file = pathOf(tmpl, { request, host });
  const seen = templateContexts({ definition, project, version, values })(host);
  const node = await createRenderer(tmpl, { lib }).file(file, {
    context: seen,
    hostContext: { host: hostContext(host) },
  });
  if (node.type !== "file") throw unknownTemplate(tmpl, request);
  const bytes = "bytes" in node.content ? node.content.bytes : await fs.readFile(node.content.file);
  return { path: file, bytes, secrets: node.secrets };
}

function hostOf(hosts: readonly Host[], { host: name }: RenderRequest): Host {
  const found = name === undefined ? hosts[0] : hosts.find((one) => one.name === name);
  if (found !== undefined) return found;
  if (name === undefined) throw new FacsimileError("NO_HOSTS", "no host has this project");
  const near = didYouMean(name, hosts.map((one) => one.name)); // biome-ignore format: one line
  throw new FacsimileError("UNKNOWN_HOST", `no host ${name} has this project`, {
    hint: near === undefined ? `Hosts: ${hosts.map((one) => one.name).join(", ")}` : `Did you mean ${near}?`,
  });
}

/** The overlay's path for what the user typed: that very path, or the strongest that lands there on the host. */
function pathOf({ entries }: Overlay, { request, host }: { request: RenderRequest; host: Host }): string {
  const places = ["", "_HOST_/", ...host.targets.map((target) => `_TARGET_/${target}/`), "_DEPLOY_/"];
  const found = places.map((place) => `${place}${request.path}`).find((file) => entries.has(file));
  if (found !== undefined) return found;
  throw unknownTemplate({ entries }, request);
}

function unknownTemplate(
  { entries }: Pick<Overlay, "entries">,
  { path: wanted, project }: RenderRequest,
): FacsimileError {
  const files = [...entries.values()].filter(({ type }) => type === "file").map((entry) => entry.path);
  const near = didYouMean(wanted, files);
  return new FacsimileError("UNKNOWN_TEMPLATE", `${project} has no template ${wanted}`, {
    hint: near === undefined ? `Templates: ${files.join(", ")}` : `Did you mean ${near}?`,
  });
}

/** A rendering with a placeholder for a password would look right and be wrong. */
export function assertComplete({ plan, state }: OpenedState, instance: string): void {
  if (plan.empty) return;
  const missing = [...madeBy(plan), ...Object.keys(plan.uiids)];
  throw new FacsimileError("SECRETS_MISSING", `state ${state.scope} does not have ${missing.join(", ")} yet`, {
    hint: `The next deploy makes them: facs deploy ${instance}\nor by themselves: facs secrets generate ${instance}`,
  });
}
