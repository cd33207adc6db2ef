import type { PipelineContext } from "../../context.ts";
import { mergeParts } from "../../install/finish.ts";
import { layersOf, openTemplates } from "../../install/project-templates.ts";
import type { Templates } from "../../install/templates.ts";
import type { PreparedProject } from "../../sources/prepare.ts";
import type { Work } from "../report.ts";
import type { ChangedFile } from "./changed-files.ts";

/** The text that a file would have with stand-ins in the place of secrets; undefined where no template gives it. */
export type StandIns = (file: ChangedFile) => Promise<string | undefined>;

/** Opens each project's templates once, when a file of it is asked for. */
export function standInsOf({ projects, state }: Work, context: PipelineContext): StandIns {
  const opened = new Map<string, Promise<Templates>>();
  const open = async (project: PreparedProject) => {
    const layers = await layersOf(project, context);
    return openTemplates({ ...project, layers }, state);
  };
  return async ({ project: name, path, holders }) => {
    const project = projects.find((one) => one.project === name);
    const host = project?.definition.hosts.find((one) => one.name === holders[0]?.surveyed.reached.host.name);
    if (project === undefined || host === undefined) return undefined;
    const templates = opened.get(name) ?? open(project);
    opened.set(name, templates);
    const node = mergeParts(await (await templates).parts(host)).tree.get(path);
    return node?.type === "file" && "bytes" in node.content ? Buffer.from(node.content.bytes).toString() : undefined;
  };
}
