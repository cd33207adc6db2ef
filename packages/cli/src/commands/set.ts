import fs from "node:fs";
import path from "node:path";
import { FacsimileError, formatPath, parsePath } from "@facsimile/core";
import { type Conglomerate, isInRepo, layersHint, type PlannedEdit, planEdit } from "@facsimile/definitions";
import { printJson } from "../follow.ts";
import type { Invocation } from "../invocation.ts";
import { openConglomerate } from "../open-world.ts";
import { changesText } from "../text/changes.ts";
import { warningsText } from "../text/diff.ts";
import { setText } from "../text/set.ts";
import { createStyle } from "../text/style.ts";

export interface SetOptions {
  readonly in?: string;
  readonly dryRun?: true;
}

export interface SetInvocation extends Invocation<SetOptions> {
  readonly key: string;
  /** As it was typed; undefined takes out what is there. */
  readonly value: string | undefined;
}

/** Sets a value in a layer, or takes it out, and says who sees that. */
export async function setCommand({ key, value, options, world, run }: SetInvocation): Promise<void> {
  const { json, dryRun = false } = options;
  const at = parsePath(key);
  const conglomerate = await openConglomerate(world, { options, run });
  const layer = options.in === undefined ? undefined : layerOf(options.in, world.cwd);
  if (layer === undefined) throw usage(conglomerate, { isSet: value !== undefined });
  const edit = await planEdit(conglomerate, { layer, path: at, text: value, env: world.env });
  const isWritten = edit.after !== edit.before && !dryRun;
  if (isWritten) {
    const { writeEdit } = await import("@facsimile/pipeline");
    await writeEdit(edit, conglomerate);
  }
  world.tell(warningsText(edit, world.tellStyle));
  if (json) printJson(await documentOf(edit, { key: formatPath(at), dryRun, isWritten }), world);
  else {
    const carried = isInRepo(conglomerate);
    world.print(setText(edit, { key: at, isSet: value !== undefined, dryRun, carried, style: world.style }));
  }
}

/** A file is named from here, as shells complete it, or from the conglomerate's root. */
function layerOf(name: string, cwd: string): string {
  const file = path.resolve(cwd, name);
  const isFile = /[/.]/.test(name) && fs.statSync(file, { throwIfNoEntry: false })?.isFile();
  return isFile ? file : name;
}

function usage(conglomerate: Conglomerate, { isSet }: { isSet: boolean }): FacsimileError {
  const form = isSet ? "facs set KEY VALUE --in LAYER" : "facs unset KEY --in LAYER";
  return new FacsimileError("USAGE", "in which layer?", { hint: `${form}\n${layersHint(conglomerate)}` });
}

interface DocumentOptions {
  readonly key: string;
  readonly dryRun: boolean;
  readonly isWritten: boolean;
}

async function documentOf(edit: PlannedEdit, { key, dryRun, isWritten }: DocumentOptions): Promise<object> {
  const { file, shown, warnings, unread } = edit;
  const diff = changesText({ file, ...shown }, await createStyle({ colour: false, unicode: false }));
  const effects = edit.effects.map(({ isSeen, hidden, ...rest }) => {
    return { ...rest, seen: isSeen, hidden: hidden.map((each) => ({ ...each, path: formatPath(each.path) })) };
  });
  return { schema: "edit/1", file, key, dryRun, written: isWritten, diff, effects, warnings, unread };
}
