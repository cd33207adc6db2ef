import type { PipelineContext } from "../context.ts";
import { filesAt, filesOf, type TemplateFile } from "./files.ts";
import { findTemplates, type ProjectTemplates, type TemplatesRequest } from "./project-templates.ts";
import { unknownTemplate } from "./render.ts";

export interface OriginsRequest extends TemplatesRequest {
  /** Only this one: a path as it lands, or one of the overlay. Default: all. */
  readonly path?: string | undefined;
}

/** Which file gives a path, to these hosts. */
export interface Origin {
  /** As it lands; of one that lands nowhere, its path in the overlay. */
  readonly path: string;
  /** False for what is rendered on demand only. */
  readonly lands: boolean;
  /** The file that wins. */
  readonly file: string;
  /** Those that it hides, the strongest first. */
  readonly shadows: readonly string[];
  readonly hosts: readonly string[];
}

export interface ProjectOrigins {
  readonly project: string;
  readonly version: string;
  /** By path. */
  readonly origins: readonly Origin[];
}

/** Tells of each path of the templates which file wins. Neither state nor host is needed. @throws `UNKNOWN_TEMPLATE` */
export async function origins(request: OriginsRequest, context: PipelineContext): Promise<readonly ProjectOrigins[]> {
  const { path } = request;
  const { projects } = await findTemplates(request, context);
  const all = projects.map((one) => ({ project: one.project, version: one.version, origins: originsOf(one, path) }));
  const found = all.filter((one) => one.origins.length > 0);
  if (path === undefined || found.length > 0) return path === undefined ? all : found;
  const files = projects.flatMap((one) => one.wantedHosts.flatMap((host) => filesOf(one.layers, { ...one, host })));
  throw unknownTemplate(files, { path, projects: projects.map(({ project }) => project) });
}

function originsOf(one: ProjectTemplates, path: string | undefined): Origin[] {
  const found = new Map<string, Origin & { hosts: string[] }>();
  for (const host of one.wantedHosts) {
    const files = filesOf(one.layers, { ...one, host });
    const groups = path === undefined ? byPath(files) : [filesAt(path, files)];
    for (const origin of groups.flatMap(originOf)) {
      const key = JSON.stringify(origin);
      const known = found.get(key) ?? { ...origin, hosts: [] };
      known.hosts.push(host.name);
      found.set(key, known);
    }
  }
  return [...found.values()].sort((a, b) => Number(b.lands) - Number(a.lands) || (a.path < b.path ? -1 : 1));
}

function byPath(files: readonly TemplateFile[]): readonly TemplateFile[][] {
  const groups = new Map<string, TemplateFile[]>();
  for (const file of files) {
    const key = `${file.on === "demand" ? "demand" : "lands"} ${file.path}`;
    groups.set(key, [...(groups.get(key) ?? []), file]);
  }
  return [...groups.values()];
}

function originOf(files: readonly TemplateFile[]): Omit<Origin, "hosts">[] {
  const [first, ...others] = files;
  if (first === undefined) return [];
  const beneath = others.flatMap(({ entry }) => [entry.name, ...entry.shadows]);
  const shadows = [...first.entry.shadows, ...beneath];
  return [{ path: first.path, lands: first.on !== "demand", file: first.entry.name, shadows }];
}
