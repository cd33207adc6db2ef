import path from "node:path";
import { FacsimileError } from "@facsimile/core";
import type { ImportFormat, ImportPlan } from "@facsimile/pipeline";
import { confirm, givenOptions } from "../confirm.ts";
import { EXIT } from "../exit.ts";
import { readText } from "../secret-input.ts";
import type { ChangedSecret } from "../text/secrets.ts";
import { harmless } from "../text/value.ts";
import { labelled } from "../text/words.ts";
import { type Opened, openScope, report, type SecretsInvocation } from "./secrets.ts";

export interface SecretsImportOptions {
  readonly from: string;
  readonly format?: string;
  readonly overwrite?: true;
  readonly only?: true;
  readonly yes?: true;
}

/** Takes values over from a file, and shows no more of them than their names. */
export async function secretsImportCommand(invocation: SecretsImportInvocation): Promise<void> {
  const { instance, options, world, run } = invocation;
  const { changeSecrets, IMPORT_FORMATS, parseImport, planImport } = await import("@facsimile/pipeline");
  const { from, overwrite = false, yes = false } = options;
  const format = formatOf(options.format, IMPORT_FORMATS);
  const file = from === "-" ? "-" : path.basename(from);
  const imported = parseImport({ file, text: await readText(from, world), format });
  world.redactor.add(...imported.secrets);
  const opened = await openScope(invocation, "write");
  const { scope, context } = opened;
  const only = options.only ? scope.instance.full : undefined;
  const plan = planImport(imported, { state: scope.state, instance: only, overwrite });
  if (!options.json) world.tell(planText(plan, file));
  const question = questionFor(plan, opened);
  const command = ["facs secrets import", instance, ...givenOptions(options)].join(" ");
  if (plan.changes.length > 0 && !(await confirm({ question, yes, command }, world))) {
    run.status = EXIT.failed;
    return world.tell("Nothing was changed.\n");
  }
  const state = await changeSecrets(scope, plan.changes, context);
  const sharers = scope.sharers.filter((sharer) => only === undefined || `${sharer.instance}.`.startsWith(`${only}.`));
  report({ opened, state, changes: changesOf(plan, only), sharers }, invocation);
}

export type SecretsImportInvocation = SecretsInvocation<SecretsImportOptions>;

function formatOf(text: string | undefined, known: readonly ImportFormat[]): ImportFormat | undefined {
  const found = known.find((each) => each === text);
  if (text === undefined || found !== undefined) return found;
  throw new FacsimileError("USAGE", `there is no format ${harmless(text)}`, { hint: `Formats: ${known.join(", ")}` });
}

function planText({ fresh, replaced, kept }: ImportPlan, file: string): string {
  const row = (label: string, names: readonly string[]) =>
    names.length === 0 ? [] : labelled(label, [names.map(harmless).join(", ")], 10);
  const rows = [...row("new", fresh), ...row("replaced", replaced), ...row("kept", kept)];
  const hint = kept.length > 0 && replaced.length === 0 ? ["  What is there is kept: --overwrite replaces it."] : [];
  return `${[`${harmless(file)}:${rows.length === 0 ? " nothing to take over" : ""}`, ...rows, ...hint].join("\n")}\n`;
}

function questionFor({ changes }: ImportPlan, { scope: { state, sharers } }: Opened): string {
  const names = sharers.filter((sharer) => sharer.protected).map(({ instance }) => instance);
  const guarded = names.length === 0 ? "" : `${names.join(", ")} ${names.length === 1 ? "is" : "are"} protected. `;
  return `${guarded}Take ${changes.length} over into ${state.file}?`;
}

function changesOf({ fresh, replaced, kept }: ImportPlan, only: string | undefined): readonly ChangedSecret[] {
  const each = (names: readonly string[], change: ChangedSecret["change"]) =>
    names.map((name): ChangedSecret => ({ name, only, change }));
  return [...each(fresh, "imported"), ...each(replaced, "replaced"), ...each(kept, "kept")];
}
