import { type FacsimileError, isFacsimileError, problemsOf, settled, throwProblems } from "@facsimile/core";
import type { Host } from "@facsimile/definitions";
import type { Tree, TreeNode } from "@facsimile/manifest";
import type { PipelineContext } from "../context.ts";
import { withSecretHints } from "../secrets/references.ts";
import { filesOf } from "./files.ts";
import { finishTree, mergeParts } from "./finish.ts";
import {
  findTemplates,
  openTemplates,
  type ProjectTemplates,
  stateFor,
  type TemplatesRequest,
} from "./project-templates.ts";
import type { Templates } from "./templates.ts";

/** What a project's templates give. With `reveal` the secrets in it are real; either way, redact it before it is shown. */
export interface RenderedProject {
  readonly project: string;
  readonly version: string;
  readonly hosts: readonly { readonly host: string; readonly tree: Tree }[];
  /** What lands nowhere, as the first of the hosts sees it. */
  readonly demand: Tree;
  /** Of that, what cannot be rendered by itself; partials that are handed values, as a rule. */
  readonly leftOut: readonly { readonly path: string; readonly problems: readonly FacsimileError[] }[];
}

/** Renders all templates of the projects for their hosts. @throws Every problem of every tree at once. */
export async function renderTrees(
  request: TemplatesRequest,
  context: PipelineContext,
): Promise<readonly RenderedProject[]> {
  const found = await findTemplates(request, context);
  const state = await stateFor(found, context);
  const work = found.projects.map((one) =>
    withSecretHints(request.instance, () =>
      renderProject(one, openTemplates(one, { ...state, reveal: request.reveal })),
    ),
  );
  return settled(work);
}

async function renderProject(one: ProjectTemplates, templates: Templates): Promise<RenderedProject> {
  const { project, version, wantedHosts } = one;
  const hosts = await Promise.all(wantedHosts.map((host) => hostTree(one, { host, templates })));
  throwProblems(hosts.flatMap(({ problems }) => problems));
  const [first] = wantedHosts;
  const demanded = first === undefined ? [] : await onDemand(one, { host: first, templates });
  return {
    project,
    version,
    hosts,
    demand: new Map(demanded.flatMap(({ path, node }) => (node === undefined ? [] : [[path, node]]))),
    leftOut: demanded.flatMap(({ path, problems }) => (problems.length > 0 ? [{ path, problems }] : [])),
  };
}

interface For {
  readonly host: Host;
  readonly templates: Templates;
}

/** As it will lie on the host, as far as templates give it. */
async function hostTree({ definition }: ProjectTemplates, { host, templates }: For) {
  try {
    const merged = mergeParts(await templates.parts(host));
    const { tree, problems } = finishTree(merged.tree, definition.view(host).files ?? []);
    return { host: host.name as string, tree, problems: [...merged.problems, ...problems] };
  } catch (error) {
    if (!isFacsimileError(error)) throw error;
    return { host: host.name as string, tree: new Map<string, TreeNode>(), problems: problemsOf(error) };
  }
}

async function onDemand({ layers, definition }: ProjectTemplates, { host, templates }: For) {
  const files = filesOf(layers, { definition, host }).filter(({ on }) => on === "demand");
  return Promise.all(
    files.map(async (file): Promise<{ path: string; node?: TreeNode; problems: readonly FacsimileError[] }> => {
      try {
        return { path: file.path, node: await templates.file(file, host), problems: [] };
      } catch (error) {
        if (!isFacsimileError(error)) throw error;
        return { path: file.path, problems: problemsOf(error) };
      }
    }),
  );
}
