import fs from "node:fs/promises";
import { didYouMean, FacsimileError, meantOr } from "@facsimile/core";
import type { PipelineContext } from "../context.ts";
import { withSecretHints } from "../secrets/references.ts";
import { filesAt, filesOf, type TemplateFile } from "./files.ts";
import { findTemplates, openTemplates, stateFor, type TemplatesRequest } from "./project-templates.ts";

export interface RenderRequest extends Omit<TemplatesRequest, "projects"> {
  readonly project: string;
  /** A path of the overlay, such as `init.sql`, `_DEPLOY_/etc/app.ini` or, as it lands, `etc/app.ini`. */
  readonly path: string;
  /** For `_HOST_/` and views. Default: the project's first host. */
  readonly host?: string | undefined;
}

/** One rendered file. With `reveal` the secrets in it are real; either way, redact it before it is shown. */
export interface RenderedFile {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly secrets: readonly string[];
}

/** Renders one template, also one that no host receives. @throws `UNKNOWN_TEMPLATE`, `SECRETS_MISSING` and what templates throw */
export async function render(request: RenderRequest, context: PipelineContext): Promise<RenderedFile> {
  const found = await findTemplates({ ...request, projects: [request.project] }, context);
  const [one] = found.projects;
  const host = one?.wantedHosts[0];
  if (one === undefined || host === undefined) throw new Error("templates were found for no host");
  const files = filesOf(one.layers, { ...one, host });
  const [file] = filesAt(request.path, files);
  if (file === undefined) throw unknownTemplate(files, { path: request.path, projects: [one.project] });
  const state = await stateFor(found, context);
  const node = await withSecretHints(request.instance, () =>
    openTemplates(one, { ...state, reveal: request.reveal }).file(file, host),
  );
  if (node.type !== "file") throw unknownTemplate(files, { path: request.path, projects: [one.project] });
  const bytes = "bytes" in node.content ? node.content.bytes : await fs.readFile(node.content.file);
  return { path: file.entry.path, bytes, secrets: node.secrets };
}

/** For a path that is none of these files. */
export function unknownTemplate(
  files: readonly TemplateFile[],
  { path, projects }: { path: string; projects: readonly string[] },
): FacsimileError {
  const known = [...new Set(files.filter(({ entry }) => entry.type === "file").flatMap((file) => [file.path, file.entry.path]))]; // biome-ignore format: one line
  const all = [...new Set(files.map(({ entry }) => entry.path))];
  const more = all.length > SHOWN ? ` and ${all.length - SHOWN} more` : "";
  return new FacsimileError("UNKNOWN_TEMPLATE", `${projects.join(", ")} has no template ${path}`, {
    hint: meantOr(
      didYouMean(path, known) ?? known.find((one) => one.endsWith(`/${path}`)),
      `Templates: ${all.slice(0, SHOWN).join(", ")}${more}`,
    ),
  });
}

/** More than these are not listed. */
const SHOWN = 10;
