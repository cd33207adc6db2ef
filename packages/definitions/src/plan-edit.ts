import path from "node:path";
import type { Environment, KeyPath } from "@facsimile/core";
import { declaredSecrets, withoutSecrets } from "./clear-secrets.ts";
import { type Conglomerate, withTexts } from "./conglomerate.ts";
import type { Sides } from "./edit-effect.ts";
import { checkClear, checkOwn, checkSeen, checkSound, unsafe } from "./edit-refusals.ts";
import { editText } from "./edit-text.ts";
import { type Effect, type Unread, usersOf } from "./edit-users.ts";
import { layerNamed } from "./named-layer.ts";
import type { LayerText } from "./roots.ts";
import type { TextEdit, Warning } from "./types.ts";
import type { Value } from "./value.ts";

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

/** A text to write in place of another, and what that changes. Both are the same where the layer says it already. */
export interface PlannedEdit extends TextEdit {
  /** Both texts, line for line, fit to be shown: {@link HIDDEN} stands for each secret that they hold in clear. */
  readonly shown: Sides<string>;
  /** One for each instance that uses the layer and each project. */
  readonly effects: readonly Effect[];
  /** What looks wrong afterwards, and did not before. */
  readonly warnings: readonly Warning[];
  readonly unread: Unread;
}

/**
 * How `value` would be put at `path` in a layer, everything else in the file kept as it is. Nothing is written.
 *
 * @throws `UNKNOWN_LAYER`; `SECRET_IN_CLEAR` for a secret that every reader of the file could read; `EDIT_UNSAFE` where the
 *   file must be edited by hand; `EDIT_HIDDEN` where stronger layers would hide the change from everybody; and, all at
 *   once, what would be wrong with a definition and is not wrong now.
 */
export async function planEdit(conglomerate: Conglomerate, request: EditRequest): Promise<PlannedEdit> {
  const { path: key, env = {} } = request;
  const layer = layerNamed(request.layer, conglomerate);
  const secrets = declaredSecrets(conglomerate);
  checkOwn(key, { layer, conglomerate });
  checkClear(request, { file: layer.source.file, secrets });
  const edit = editOf(layer, request);
  const { file, before, after } = edit;
  const [old, fresh] = [before, after].map((text) => withoutSecrets({ file, text }, secrets)) as [string, string];
  const shown = { before: old, after: fresh };
  if (after === before) return { ...edit, shown, effects: [], warnings: [], unread: { instances: [], projects: [] } };

  const changed = withTexts(conglomerate, new Map([[pathOf(layer, conglomerate), after]]));
  const { problems, ...users } = await usersOf({ before: conglomerate, after: changed }, { layer, env });
  checkSound(problems, file);
  checkSeen(users.effects, { file, key });
  return { ...edit, shown, ...users };
}

function editOf({ source: { file, text, locate }, body, at }: LayerText, { path: key, value }: EditRequest): TextEdit {
  const after = editText({ file, text }, { path: [...at, ...key], value });
  if (after !== undefined) return { file, before: text, after };
  throw unsafe({ path: key, value }, { file, body, position: locate([...at, ...key]) });
}

function pathOf({ source }: LayerText, { root }: Conglomerate): string {
  return source.path ?? path.resolve(root, source.file);
}
