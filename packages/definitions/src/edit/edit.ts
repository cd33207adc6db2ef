import path from "node:path";
import { FacsimileError, formatPosition, type KeyPath, type ProjectName, parseVersion } from "@facsimile/core";
import { instancePart } from "../layers/chain.ts";
import { type Conglomerate, defineRoot, withTexts } from "../layers/conglomerate.ts";
import { instanceChain, stepsIn } from "../layers/instance-chain.ts";
import type { LayerText } from "../layers/roots.ts";
import { stepsFor } from "../layers/views.ts";
import { type Origin, originOf } from "../merge/origin.ts";
import { resolve } from "../resolve.ts";
import type { ResolveOptions, TextEdit } from "../types.ts";
import { editText } from "./text.ts";

/** As for {@link resolve}: what is stronger there may hide the edit. */
export interface VersionEditOptions extends ResolveOptions {
  readonly project: ProjectName;
  readonly version: string;
}

/**
 * How `versions.<project>` would be written into the instance's last layer, everything else in the file kept as it is.
 * Nothing is written.
 *
 * @returns undefined where the instance has that version already.
 * @throws `VERSION_HIDDEN` where a stronger layer would keep the edit from having an effect; `VERSION_EDIT` where the
 *   file must be edited by hand; what {@link resolve} throws.
 */
export async function planVersionEdit(
  conglomerate: Conglomerate,
  options: VersionEditOptions,
): Promise<TextEdit | undefined> {
  const { instance, project } = options;
  const version = parseVersion(options.version);
  const { values } = await resolve(conglomerate, options);
  if (values.versions?.[project] === version) return undefined;

  const key = ["versions", project];
  const define = defineRoot(conglomerate);
  const text = instancePart(define, instance.parts);
  const change = { path: key, version };
  const edit = text === undefined ? newFile(define.shown(instance.full), change) : edited(text, change);
  checkVisible(edit, { ...options, conglomerate, path: key });
  return edit;
}

interface Change {
  readonly path: KeyPath;
  readonly version: string;
}

function newFile(file: string, { path: [, project = ""], version }: Change): TextEdit {
  const after = `{\n  versions: {\n    ${JSON.stringify(project)}: ${JSON.stringify(version)},\n  },\n}\n`;
  return { file, before: "", after };
}

function edited({ source, at }: LayerText, { path: key, version }: Change): TextEdit {
  const { file, text: before } = source;
  const after = editText({ file, text: before }, { path: [...at, ...key], value: version });
  if (after !== undefined) return { file, before, after };
  const hint = `Write versions: { ${key.at(-1)}: "${version}" } by hand.`;
  const position = source.locate([...at, ...key]);
  throw new FacsimileError("VERSION_EDIT", `${file} cannot be edited safely`, { hint, position });
}

interface Visibility extends VersionEditOptions {
  readonly conglomerate: Conglomerate;
  readonly path: KeyPath;
}

function checkVisible(edit: TextEdit, options: Visibility): void {
  const origin = originAfter(edit, options);
  if (origin?.value === options.version) return;
  const { position, layer } = origin ?? {};
  const place = position === undefined ? layer : formatPosition(position);
  const message = `versions.${options.project} would stay ${JSON.stringify(origin?.value)}: ${place} is stronger than ${edit.file}`;
  throw new FacsimileError("VERSION_HIDDEN", message, { hint: "Change it there, or take it out.", position });
}

/** Where the version would come from with the edit in place. */
function originAfter(edit: TextEdit, { conglomerate, path: key, ...options }: Visibility): Origin | undefined {
  const changed = withTexts(conglomerate, new Map([[path.join(conglomerate.root, edit.file), edit.after]]));
  const silent = { onProblem: () => undefined, onWarning: () => undefined };
  const { steps } = stepsIn(instanceChain(changed, options), silent);
  return originOf(stepsFor(steps, { system: options.system ?? "linux" }), key);
}
