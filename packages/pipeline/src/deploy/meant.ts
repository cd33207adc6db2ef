import { FacsimileError, throwProblems } from "@facsimile/core";
import type { PipelineContext } from "../context.ts";
import type { HostFilter } from "../instance/chosen-hosts.ts";
import type { Outline } from "../instance/outline.ts";
import { outline, projectsOf } from "../instance/outline-of.ts";
import { type Chosen, chosen } from "./chosen.ts";
import { type Consent, unconfirmed } from "./consent.ts";
import { setAgain } from "./journal/given-set.ts";
import { assertStillHere, type TakenUp, takeUp } from "./journal/resume.ts";
import type { LibraryRequest } from "./plan/libraries.ts";
import type { PreflightRequest } from "./plan/preflight.ts";
import { uncommitted } from "./uncommitted.ts";

export interface DeployRequest extends Consent, LibraryRequest, PreflightRequest {
  /** Goes on without a question. Default `false`: only a local instance that is not protected does. */
  readonly yes?: boolean | undefined;
  /** Use a state that is older than one seen before, or another, or gone. Default `false`. */
  readonly acceptRollback?: boolean | undefined;
  /** Only these hosts. Default: all. */
  readonly filter?: HostFilter | undefined;
  /** The name of a run: go on with the hosts that it left behind, with exactly its releases and projects. */
  readonly resume?: string | undefined;
  /** Only the hosts that the last run left behind. Default `false`. */
  readonly onlyFailed?: boolean | undefined;
}

/** What a deploy is for: known before any host is asked. */
export interface Meant extends Chosen {
  /** With what the run that it goes on with was given. */
  readonly asked: DeployRequest;
  readonly taken: TakenUp | undefined;
}

/** @throws `USAGE`, `NO_HOSTS`, `CONFIRMATION_NEEDED`, `DEFINITION_DIRTY`, `RESUME_DIFFERS`; what {@link outline} and {@link chosen} throw */
export async function whatIsMeant(request: DeployRequest, context: PipelineContext): Promise<Meant> {
  const taken = await takenUp(request, context);
  const asked = askedFor(request, taken);
  if (taken !== undefined && !isNamed(request) && asked.srcDir === undefined)
    assertStillHere(taken, { request, now: await projectsOf(asked, context) });
  const found = chosen(await outline(asked, context), { filter: request.filter ?? {}, taken });
  await assertAllowed(found.outline, request, context);
  return { ...found, asked, taken };
}

/** @throws `USAGE` for what does not go together; as {@link takeUp} */
async function takenUp(request: DeployRequest, context: PipelineContext): Promise<TakenUp | undefined> {
  const { instance, resume, onlyFailed = false } = request;
  if (resume === undefined && !onlyFailed) return undefined;
  if (resume !== undefined && onlyFailed) throw new FacsimileError("USAGE", "--resume and --only-failed do not go together", { hint: "--resume goes on with a run as it was; --only-failed deploys what is now." }); // biome-ignore format: one line
  if (resume !== undefined && isNamed(request)) throw new FacsimileError("USAGE", "--resume takes the projects of its run", { hint: "Leave them out; or leave out --resume." }); // biome-ignore format: one line
  return takeUp({ instance, run: resume }, context);
}

/** What a run goes on with is what that one was given; with `onlyFailed`, only its projects and hosts. */
function askedFor(request: DeployRequest, taken: TakenUp | undefined): DeployRequest {
  if (taken === undefined) return request;
  const projects = isNamed(request) ? request.projects : taken.projects.map(({ project }) => project);
  return { ...request, projects, set: request.resume === undefined ? request.set : setAgain(taken, request) };
}

/** Somebody said which projects. */
export function isNamed({ projects = [] }: DeployRequest): boolean {
  return projects.length > 0;
}

async function assertAllowed(
  { instance, isProtected }: Outline,
  request: DeployRequest,
  context: PipelineContext,
): Promise<void> {
  const problems: FacsimileError[] = [];
  // Its hosts need not be asked to know that it needs a word.
  if (isProtected && !request.yes && request.confirm === undefined)
    problems.push(unconfirmed(request, `${instance.full} is protected`));
  throwProblems([...problems, ...(await uncommitted({ instance, isProtected }, context))]);
}
