import fs from "node:fs/promises";
import { errnoOf, FacsimileError, sha256, throwProblems } from "@facsimile/core";
import { fanOut } from "@facsimile/transport";
import type { PipelineContext } from "../context.ts";
import type { CopyRequest } from "../instance/outline.ts";
import { definitionDigest } from "../release/digest.ts";
import { targetOf } from "../state/target.ts";
import { problemOf } from "./look/hosts.ts";
import { isMoved } from "./look/moved.ts";
import type { Surveyed } from "./look/survey.ts";
import type { FileChange, Plan } from "./plan/types.ts";
import type { Work } from "./report.ts";
import { moved } from "./run/stage.ts";

/** What somebody is asked about. */
export interface Proposal {
  readonly plan: Plan;
  readonly isProtected: boolean;
  /** How rendered files change: hosts are asked for it. */
  readonly files: () => Promise<readonly FileChange[]>;
}

export interface Consent extends CopyRequest {
  /** The command as it was typed, for whoever is told to type it again. Default: without options. */
  readonly command?: string | undefined;
  readonly yes?: boolean | undefined;
  /** Shows what would be done, and asks whether it is right. Default: nobody can be asked. */
  readonly confirm?: ((proposal: Proposal) => Promise<boolean>) | undefined;
}

/**
 * Whether a deploy may go on: `yes`, a local instance that is not protected, or somebody who says so. Asking takes time:
 * after it, hosts, definitions and state must be what was shown.
 *
 * @throws `CONFIRMATION_NEEDED`, `HOST_MOVED`, `DEFINITION_CHANGED`, `STATE_CHANGED`
 */
export async function isAgreed(work: Work, request: Consent, context: PipelineContext): Promise<boolean> {
  const { definition, instance, isProtected } = work.outline;
  if (request.yes || (definition.local && !isProtected)) return true;
  if (request.confirm === undefined) throw unconfirmed(request, `${instance.full} would change`);
  const { planOf } = await import("./plan/plan-of.ts");
  const definitions = await definitionDigest(work, context);
  const files = async () => (await import("./plan/files.ts")).fileChanges(work, context);
  if (!(await request.confirm({ plan: await planOf(work, context), isProtected, files }))) return false;
  await assertStill(definitions, { work, context });
  return true;
}

export function unconfirmed(request: Consent, what: string): FacsimileError {
  const { instance, projects = [] } = request;
  return new FacsimileError("CONFIRMATION_NEEDED", `${what}, and nobody can be asked here`, {
    hint: `facs plan ${[instance, ...projects].join(" ")}, and if it is right: ${typed(request)} --yes`,
  });
}

/** The command, to be typed again. */
export function typed({ instance, projects = [], command }: Consent): string {
  return command ?? ["facs deploy", instance, ...projects].join(" ");
}

async function assertStill(definitions: string, { work, context }: { work: Work; context: PipelineContext }) {
  const problems = await movedHosts(work);
  const { state } = work.state;
  if ((await definitionDigest(work, context)) !== definitions) problems.push(changed("DEFINITION_CHANGED", "the definitions")); // biome-ignore format: one line
  if ((await digestOf(targetOf(state.scope, context).path)) !== state.digest) problems.push(changed("STATE_CHANGED", state.file)); // biome-ignore format: one line
  throwProblems(problems);
}

function changed(code: string, what: string): FacsimileError {
  return new FacsimileError(code, `somebody changed ${what} since the plan was shown`, {
    hint: "Nothing was changed. Look at the plan again.",
  });
}

async function digestOf(file: string): Promise<string | undefined> {
  try {
    return sha256(await fs.readFile(file));
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

async function movedHosts({ surveyed, outline }: Work): Promise<FacsimileError[]> {
  const limit = outline.definition.values.deploy.parallel;
  const outcomes = await fanOut(surveyed, { limit, work: assertNotMoved });
  return outcomes.flatMap((outcome) =>
    outcome.status === "done"
      ? []
      : [problemOf("error" in outcome ? outcome.error : undefined, outcome.item.reached.host)],
  );
}

async function assertNotMoved({ reached, projects }: Surveyed): Promise<void> {
  if (!("session" in reached)) return;
  for (const [project, { place, options, probe }] of projects) {
    const now = await reached.session.probe(place, { ...options, look: ["last", "drift"] });
    if (isMoved(probe, now)) throw moved(reached, project);
  }
}
