import path from "node:path";
import { didYouMean, type Environment, FacsimileError, formatPath, type KeyPath, type ProjectName } from "@facsimile/core"; // biome-ignore format: one line
import { layersOf } from "./chain.ts";
import { type Conglomerate, defineRoot, filesOf, listInstances, withTexts } from "./conglomerate.ts";
import { type Effect, effectOf } from "./edit-effect.ts";
import { editText } from "./edit-text.ts";
import { projectsIn } from "./projects.ts";
import type { LayerText } from "./roots.ts";
import type { TextEdit } from "./types.ts";
import { entryOf, type Value } from "./value.ts";

export interface EditRequest {
  /** A layer by its name, `staging`, or by its file, `define/base/common.json5`. */
  readonly layer: string;
  /** Below it; a view block is a key too: `"@region:eu".currency`. */
  readonly path: KeyPath;
  /** Undefined takes out what is there. */
  readonly value: Value | undefined;
  /** For `${env:NAME}` of local instances. Default: empty. */
  readonly env?: Environment | undefined;
}

/** A text to write in place of another, and what that changes. */
export interface PlannedEdit extends TextEdit {
  /** For each instance that uses the layer, and each project: what it sees afterwards. */
  readonly effects: readonly Effect[];
}

/**
 * How `value` would be put at `path` in a layer, everything else in the file kept as it is. Nothing is written.
 *
 * @returns undefined where the layer says that already.
 * @throws `UNKNOWN_LAYER`; `EDIT_UNSAFE` where the file must be edited by hand; `EDIT_HIDDEN` where a stronger layer would
 *   hide the change from everybody; what resolving throws where the change would break a definition.
 */
export async function planEdit(conglomerate: Conglomerate, request: EditRequest): Promise<PlannedEdit | undefined> {
  const { path: key, value, env = {} } = request;
  const { source, at } = layerTextOf(conglomerate, request.layer);
  const { file, text: before } = source;
  const after = editText({ file, text: before }, { path: [...at, ...key], value });
  if (after === undefined) throw unsafe({ source, at }, request);
  if (after === before) return undefined;

  const changed = withTexts(conglomerate, new Map([[source.path ?? path.resolve(conglomerate.root, file), after]]));
  const effects: Effect[] = [];
  for (const subject of await subjectsIn(changed)) {
    const effect = await effectOf({ before: conglomerate, after: changed }, { ...subject, file, at, key, env });
    if (effect !== undefined) effects.push(effect);
  }
  checkSeen(effects, { file, key });
  return { file, before, after, effects };
}

function layerTextOf(conglomerate: Conglomerate, name: string): LayerText {
  const define = defineRoot(conglomerate);
  const file = filesOf(conglomerate)
    .below(conglomerate.define)
    .find((each) => each === name.replace(/^\.\//, ""));
  const text = NO_LAYERS.includes(name) ? undefined : (define.layer(name) ?? (file && layerIn(conglomerate, file)));
  if (text) return text;
  const known = define.names().filter((each) => !NO_LAYERS.includes(each));
  const near = didYouMean(name, known);
  throw new FacsimileError("UNKNOWN_LAYER", `there is no layer ${name}`, {
    hint: near === undefined ? `Layers are ${known.join(", ")}.` : `Did you mean ${near}?`,
  });
}

/** Lists and schemas are no layers. */
const NO_LAYERS: readonly string[] = ["modules", "schema"];

function layerIn(conglomerate: Conglomerate, file: string): LayerText | undefined {
  const from = defineRoot(conglomerate).layer("facsimile");
  const reference = path.relative(conglomerate.define, path.resolve(conglomerate.root, file));
  return from === undefined ? undefined : defineRoot(conglomerate).parent(reference, from);
}

interface Subject {
  readonly instance: Awaited<ReturnType<typeof listInstances>>[number];
  readonly project: ProjectName | undefined;
}

/** Every instance for every project whose definitions are all here. */
async function subjectsIn(conglomerate: Conglomerate): Promise<readonly Subject[]> {
  const projects = projectsIn(layersOf(defineRoot(conglomerate), {}));
  const known = Object.keys(projects).filter((name) => entryOf(projects[name], "definitions") !== "source");
  const instances = await listInstances(conglomerate);
  return instances.flatMap((instance) =>
    [undefined, ...known].map((project) => ({ instance, project: project as ProjectName | undefined })),
  );
}

function unsafe({ source, at }: Pick<LayerText, "source" | "at">, { path: key, value }: EditRequest): FacsimileError {
  const what =
    value === undefined ? `take ${formatPath(key)} out` : `write ${formatPath(key)}: ${JSON.stringify(value)}`;
  return new FacsimileError("EDIT_UNSAFE", `${source.file} cannot be edited safely here`, {
    hint: `Open it, and ${what} by hand.`,
    position: source.locate([...at, ...key]),
  });
}

/** A change that nobody sees is hardly meant. */
function checkSeen(effects: readonly Effect[], { file, key }: { file: string; key: KeyPath }): void {
  const [first] = effects.flatMap(({ hiddenBy }) => hiddenBy ?? []);
  if (first === undefined || effects.some(({ hiddenBy }) => hiddenBy === undefined)) return;
  const { position, layer } = first;
  const place = position === undefined ? layer : `${position.file}:${position.line}:${position.column}`;
  throw new FacsimileError("EDIT_HIDDEN", `nobody would see ${formatPath(key)} of ${file}: ${place} is stronger`, {
    hint: `Nothing was written. Change it there: --in ${position?.file ?? layer}`,
    position,
  });
}
