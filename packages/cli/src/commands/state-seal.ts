import { FacsimileError } from "@facsimile/core";
import type { Merging, PipelineContext } from "@facsimile/pipeline";
import type { Clash, MergePlan, SideName, State } from "@facsimile/state";
import { confirm, givenOptions } from "../confirm.ts";
import { EXIT } from "../exit.ts";
import { printJson } from "../follow.ts";
import type { Invocation } from "../invocation.ts";
import {
  anewText,
  clashLine,
  clashText,
  concernsText,
  sealedText,
  sealPlanText,
  sidesText,
} from "../text/state-merge.ts";
import type { World } from "../world.ts";
import { contextOf, hintDriver } from "./state.ts";

export interface StateSealOptions {
  readonly scope?: string;
  readonly ours?: true;
  readonly theirs?: true;
  readonly acceptRollback?: true;
  readonly yes?: true;
}

export interface StateSealInvocation extends Invocation<StateSealOptions> {
  readonly instance: string | undefined;
}

/** Joins both sides of a merge, shows what comes of it, and signs. */
export async function stateSealCommand(invocation: StateSealInvocation): Promise<void> {
  const { instance, options, world, run } = invocation;
  const { scope, acceptRollback, json } = options;
  const chosen = sideOf(options);
  const context = await contextOf(invocation);
  const { openSeal, planSeal, seal, sealAnew } = await import("@facsimile/pipeline");
  const { target, merging } = await openSeal({ instance, scope, acceptRollback }, context);
  await hintDriver(context, world);
  if (merging === undefined) {
    const anew = acceptRollback ? await sealAnew(target, context) : undefined;
    if (anew !== undefined) return toldAnew(anew, { file: target.file, json, world });
    const text = `${target.file} is sealed: there is nothing to join.\n`;
    return json ? printJson({ schema: "state-seal/1", file: target.file, sealed: false }, world) : world.print(text);
  }
  if (!json) world.tell(sidesText(merging, world.tellStyle));
  const decisions = await settle(merging, { chosen, world, json });
  const plan = planSeal(merging, {
    settle: (clash) => decisions.get(clashKey(clash)) ?? chosen ?? "ours",
    ...(chosen === undefined ? {} : { first: chosen }),
  });
  if (!json) world.print(sealPlanText(plan, world.style));
  if (!(await mayJoin(merging, { plan, context }, invocation))) {
    run.status = EXIT.failed;
    return world.tell("Nothing was changed.\n");
  }
  const { serial } = await seal(merging, plan, context);
  if (json) printJson(documentOf({ merging, plan, serial, decisions }), world);
  else world.print(sealedText(target.file, serial));
}

/** An old file is the newest now. */
function toldAnew(
  { serial, scope }: State,
  { file, json, world }: { file: string; json: true | undefined; world: World },
): void {
  if (json) printJson({ schema: "state-seal/1", file, scope, sealed: true, serial }, world);
  else world.print(anewText(file, serial));
}

/** Asks where the merge would let somebody in, or bring something old back. */
async function mayJoin(
  merging: Merging,
  { plan, context }: { plan: MergePlan; context: PipelineContext },
  { options, world }: StateSealInvocation,
): Promise<boolean> {
  const { concernsOf, namesOf } = await import("@facsimile/pipeline");
  const { newcomers, older } = concernsOf(merging, plan);
  if (newcomers.length + older.length === 0) return true;
  const { yes, json } = options;
  const { file, scope } = merging.target;
  if (!json) world.tell(concernsText({ newcomers: await namesOf(newcomers, context), older }, world.tellStyle));
  const question = `Sign ${file} so?`;
  const command = ["facs state seal", ...givenOptions({ ...options, scope })];
  return confirm({ question, yes: yes === true, command: command.join(" ") }, { ask: json ? undefined : world.ask });
}

function sideOf({ ours, theirs }: StateSealOptions): SideName | undefined {
  if (ours && theirs) throw new FacsimileError("USAGE", "--ours and --theirs do not go together");
  return ours ? "ours" : theirs ? "theirs" : undefined;
}

/** Which side is right, clash by clash. @throws `STATE_CLASH` where nobody can be asked */
async function settle(
  { clashes, target }: Merging,
  { chosen, world, json }: { chosen: SideName | undefined; world: World; json: true | undefined },
): Promise<ReadonlyMap<string, SideName>> {
  if (chosen !== undefined) return new Map(clashes.map((clash) => [clashKey(clash), chosen]));
  const ask = json ? undefined : world.ask;
  if (clashes.length > 0 && ask === undefined) throw clashing(target.file, clashes);
  const decisions = new Map<string, SideName>();
  for (const clash of clashes) {
    world.tell(clashText(clash));
    decisions.set(clashKey(clash), await answer(ask ?? world.ask, target.file));
  }
  return decisions;
}

/** @throws `CONFIRMATION_NEEDED` when the user chooses neither, three times: nothing is written then. */
async function answer(ask: World["ask"], file: string): Promise<SideName> {
  for (let tries = 0; tries < 3; tries++) {
    const word = (await ask?.("Which is right, (o)urs or (t)heirs? "))?.trim().toLowerCase() ?? "";
    const side = (["ours", "theirs"] as const).find((name) => word !== "" && name.startsWith(word));
    if (side !== undefined) return side;
  }
  throw new FacsimileError("CONFIRMATION_NEEDED", `nothing was chosen for ${file}`, {
    hint: "Nothing was written. Run it again when you know which side is right.",
  });
}

function clashing(file: string, clashes: readonly Clash[]): FacsimileError {
  const lines = clashes.map((clash) => `  ${clashLine(clash)}`);
  const message = `both sides of ${file} changed the same, and nobody can be asked here:\n${lines.join("\n")}`;
  return new FacsimileError("STATE_CLASH", message, {
    hint: "Run it on a terminal, or say whose side is right: --ours or --theirs. Nothing was written.",
  });
}

function clashKey({ kind, name }: Clash): string {
  return `${kind} ${name}`;
}

function documentOf({
  merging,
  plan,
  serial,
  decisions,
}: {
  merging: Merging;
  plan: ReturnType<typeof import("@facsimile/pipeline").planSeal>;
  serial: number;
  decisions: ReadonlyMap<string, SideName>;
}): object {
  const { target, ours, theirs, clashes } = merging;
  const settled = clashes.map((clash) => ({ ...clash, taken: decisions.get(clashKey(clash)) }));
  const { changes, exposed, uiids, recipients } = plan;
  return {
    ...{ schema: "state-seal/1", file: target.file, scope: target.scope, sealed: true, serial, ours, theirs },
    ...{ clashes: settled, changes, moved: uiids.moved, exposed, recipients },
  };
}
