import { FacsimileError, throwProblems } from "@facsimile/core";
import type { PipelineContext } from "../context.ts";
import type { HostFilter } from "../instance/chosen-hosts.ts";
import { type Outline, outline } from "../instance/outline.ts";
import { tellSingleRecipient } from "../instance/warnings.ts";
import { copiesOf } from "../release/copies.ts";
import type { Copy } from "../release/release.ts";
import { sealAll } from "../release/seal-all.ts";
import { beforeDeploy } from "../sources/prepare.ts";
import { definitionCommit } from "../state/publish.ts";
import { planRecording, type Recording, record } from "../state/record-state.ts";
import { leash } from "./abort.ts";
import { carryOut } from "./carry-out.ts";
import { chosen } from "./chosen.ts";
import { comparePlan, isExact } from "./compare.ts";
import { type Consent, isAgreed, unconfirmed } from "./consent.ts";
import { assertNotOlder, deployedOf } from "./deployed-state.ts";
import { notedSet, setAgain } from "./given-set.ts";
import { hostRuns } from "./host-runs.ts";
import { closeAll, reachAll } from "./hosts.ts";
import { type LibraryRequest, libraryCheck } from "./libraries.ts";
import { evaluate, protectedOf, type Surveyed, surveyAll } from "./plan.ts";
import { type PreflightRequest, preflight } from "./preflight.ts";
import { idleHosts, lostHosts, reportOf, tooManyLost, untouchedHosts, type Work } from "./report.ts";
import type { DeployReport } from "./reports.ts";
import { assertSame, type TakenUp, takeUp } from "./resume.ts";
import { noteStopped } from "./stopped.ts";
import { withUndo } from "./undo.ts";

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

/**
 * Makes every host hold exactly what the definitions say: staged everywhere, proven, then switched; a failure takes all
 * back. The report tells every host's outcome, also when some failed.
 *
 * @throws What stops it before any host is touched.
 */
export async function deploy(request: DeployRequest, world: PipelineContext): Promise<DeployReport> {
  const { signal, letGo } = leash(world.signal);
  const context = { ...world, signal };
  const started = context.now();
  const taken = await takenUp(request, context);
  const asked = askedFor(request, taken);
  const { outline: outlined, left } = chosen(await outline(asked, context), { filter: request.filter ?? {}, taken });
  await assertAllowed(outlined, request, context);
  const reaching = reachAll(outlined, context);
  try {
    const evaluation = await evaluate(outlined, context, { use: "write", acceptRollback: request.acceptRollback });
    if (taken !== undefined && request.resume !== undefined) assertSame(taken, evaluation.copies);
    await beforeDeploy({ outline: outlined, projects: evaluation.projects }, context);
    tellSingleRecipient({ ...evaluation.state, definition: outlined.definition }, context);
    const planned = await planRecording({ outline: outlined, state: evaluation.state }, context);
    const libraries = await libraryCheck(evaluation, request);
    const found = await surveyAll({ reached: await reaching, ...evaluation, outline: outlined, libraries });
    const surveyed = preflight(found, { ...evaluation, protect: protectedOf(outlined), request });
    const noted = notedSet(asked.set ?? [], { ...outlined.definition, ...context });
    const before: Work = { ...evaluation, outline: outlined, left, surveyed };
    if (tooManyLost(surveyed, outlined)) {
      const isSettled = planned.edits.length === 0 && evaluation.state.plan.empty;
      const run = await noteStopped({ ...before, resumes: request.resume, set: noted, isSettled }, context);
      return reportOf(before, { started, outcome: "failed", hosts: lostHosts(surveyed), run }, context);
    }
    if (request.acceptRollback !== true) assertNotOlder({ ...before, state: evaluation.state.state });
    signal.throwIfAborted();
    const recording = await agreedRecording(planned, { work: before, request }, context);
    if (recording === undefined)
      return reportOf(before, { started, outcome: "failed", hosts: untouchedHosts(surveyed) }, context);
    const { state, report } = await record({ ...before, recording }, context);
    const isSame = state.state === evaluation.state.state;
    const copies = isSame ? evaluation.copies : await copiesOf({ ...before, state }, { ...context, onEvent: TOLD });
    const work: Work = { ...before, state, copies };
    if (allExact(copies, surveyed))
      return reportOf(work, { started, outcome: "unchanged", hosts: idleHosts(surveyed), recorded: report }, context);
    const { adopt = false, resume: resumes } = request;
    const runs = hostRuns({ work, sealed: await sealAll(work, context) });
    const by = state.keyring.fingerprint;
    const ended = await carryOut({ ...work, runs }, { ...context, action: "deploy", by, deployed: deployedOf({ outline: outlined, state: state.state }), letGo, stop: world.signal, started, adopt, recorded: report, resumes, set: noted }); // biome-ignore format: one line
    return withUndo(ended, { ...work, runs, isNamed: isNamed(asked) });
  } finally {
    letGo();
    await reaching.then(closeAll, () => undefined);
  }
}

/** What is odd was told with the plan. */
const TOLD = () => undefined;

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

function isNamed({ projects = [] }: DeployRequest): boolean {
  return projects.length > 0;
}

async function assertAllowed(
  { definition, instance, isProtected }: Outline,
  request: DeployRequest,
  context: PipelineContext,
): Promise<void> {
  const problems: FacsimileError[] = [];
  if (definition.hosts.length === 0)
    problems.push(new FacsimileError("NO_HOSTS", `${instance.full} has no hosts for these projects`));
  // Its hosts need not be asked to know that it needs a word.
  if (isProtected && !request.yes && request.confirm === undefined)
    problems.push(unconfirmed(request, `${instance.full} is protected`));
  if (isProtected && (await definitionCommit(context)).dirty) {
    problems.push(
      new FacsimileError(
        "DEFINITION_DIRTY",
        `${instance.full} is protected, and the definitions have changes that no commit has`,
        { hint: "Commit them first: git status" },
      ),
    );
  }
  throwProblems(problems);
}

/** What is to be recorded, looked at again where somebody had to be asked; undefined where that one said no. */
async function agreedRecording(
  planned: Recording,
  { work, request }: { work: Work; request: DeployRequest },
  context: PipelineContext,
): Promise<Recording | undefined> {
  if (!planned.needed && allExact(work.copies, work.surveyed)) return planned;
  if (!(await isAgreed(work, request, context))) return undefined;
  return request.yes || request.confirm === undefined ? planned : planRecording(work, context);
}

function allExact(copies: readonly Copy[], surveyed: readonly Surveyed[]): boolean {
  return surveyed.every(
    ({ reached, projects, problem }) =>
      problem === undefined && copies.every((copy) => exactOn(copy, reached.host.name, projects)),
  );
}

function exactOn(copy: Copy, host: string, projects: Surveyed["projects"]): boolean {
  const [found, wanted] = [projects.get(copy.project), copy.hosts.find((one) => one.host === host)];
  return found === undefined || wanted === undefined || isExact(comparePlan({ copy, wanted, found }));
}
