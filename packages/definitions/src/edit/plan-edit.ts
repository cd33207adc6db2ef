import path from "node:path";
import { type Environment, isFacsimileError, type KeyPath } from "@facsimile/core";
import { loadJson5 } from "../files/lazy.ts";
import { type Conglomerate, withTexts } from "../layers/conglomerate.ts";
import { givenValue } from "../layers/given-value.ts";
import { layerNamed } from "../layers/named-layer.ts";
import type { LayerText } from "../layers/roots.ts";
import type { TextEdit, Warning } from "../types.ts";
import type { Value } from "../value.ts";
import { declaredSecrets, withoutSecrets } from "./clear-secrets.ts";
import type { Sides } from "./effect.ts";
import { checkClear, checkKey, checkSeen, checkSound, unsafe } from "./refusals.ts";
import { editText, type TextChange } from "./text.ts";
import { type Effect, type Unread, usersOf } from "./users.ts";

export interface EditRequest {
  /** A layer by its name, `staging`, or by its file, `define/base/common.json5`. */
  readonly layer: string;
  /** Below it; a view block is a key too: `"@region:eu".currency`. */
  readonly path: KeyPath;
  /** What to set. Without it and without `text`, what is there is taken out. */
  readonly value?: Value | undefined;
  /** The value as a command line gives it: JSON5, else a text. */
  readonly text?: string | undefined;
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
 * @throws `UNKNOWN_LAYER`; `SECRET_IN_CLEAR` for a secret that every reader of the file could read, and which is not shown;
 *   `INVALID_VALUE`, `FORBIDDEN_KEY` and the like for a `text` that no file can hold; `EDIT_UNSAFE` where the file must be
 *   edited by hand; `EDIT_HIDDEN` where stronger layers would hide the change from everybody; and, all at once, what would
 *   be wrong with a definition and is not wrong now.
 */
export async function planEdit(conglomerate: Conglomerate, request: EditRequest): Promise<PlannedEdit> {
  const { path: key, env = {} } = request;
  const layer = layerNamed(request.layer, conglomerate);
  const secrets = declaredSecrets(conglomerate);
  checkKey(key, { layer, conglomerate });
  const value = wantedOf(request, (each) => checkClear({ path: key, value: each }, { layer, secrets }));
  const edit = editOf(layer, { path: key, value });
  const { file, before, after } = edit;
  const [old, fresh] = [before, after].map((text) => withoutSecrets({ file, text }, secrets)) as [string, string];
  const shown = { before: old, after: fresh };
  if (after === before) return { ...edit, shown, effects: [], warnings: [], unread: { instances: [], projects: [] } };

  const changed = withTexts(conglomerate, new Map([[pathOf(layer, conglomerate), after]]));
  const { problems, ...users } = await usersOf({ before: conglomerate, after: changed }, { layer, env });
  checkSound(problems, file);
  checkSeen(users.effects, { file, key, secrets });
  return { ...edit, shown, ...users };
}

/** @throws what `check` throws, which is handed the value before anything tells of it */
function wantedOf({ path: key, value, text }: EditRequest, check: (value: Value | undefined) => void) {
  const wanted = text === undefined ? value : given(key, { text, check });
  check(wanted);
  return wanted;
}

function given(key: KeyPath, { text, check }: { text: string; check: (value: Value) => void }): Value {
  try {
    return givenValue(key, text);
  } catch (error) {
    // What is wrong with a number is told with its digits.
    if (isFacsimileError(error) && error.code !== "FILE_TOO_DEEP") check(loadJson5().parse<Value>(text));
    throw error;
  }
}

function editOf({ source: { file, text, locate }, body, at }: LayerText, { path: key, value }: TextChange): TextEdit {
  const after = editText({ file, text }, { path: [...at, ...key], value });
  if (after !== undefined) return { file, before: text, after };
  throw unsafe({ path: key, value }, { file, body, position: locate([...at, ...key]) });
}

function pathOf({ source }: LayerText, { root }: Conglomerate): string {
  return source.path ?? path.resolve(root, source.file);
}
