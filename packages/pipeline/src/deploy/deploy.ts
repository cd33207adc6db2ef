import type { PipelineContext } from "../context.ts";
import { tellSingleRecipient } from "../instance/warnings.ts";
import { copiesOf } from "../release/copies.ts";
import { sealAll } from "../release/seal-all.ts";
import { beforeDeploy } from "../sources/prepare.ts";
import { planRecording, type Recording, record } from "../state/record-state.ts";
import { isAgreed, typed } from "./consent.ts";
import { evaluate } from "./evaluate.ts";
import { notedSet } from "./journal/given-set.ts";
import { assertSame } from "./journal/resume.ts";
import { noteStopped } from "./journal/stopped.ts";
import { assertNotOlder, deployedOf, isOlder } from "./look/deployed-state.ts";
import { closeAll, type Reached, reachAll } from "./look/hosts.ts";
import { type DeployRequest, isNamed, type Meant, whatIsMeant } from "./meant.ts";
import { allExact } from "./plan/exact.ts";
import { libraryCheck } from "./plan/libraries.ts";
import { protectedOf, surveyAll } from "./plan/plan.ts";
import { preflight } from "./plan/preflight.ts";
import { idleHosts, lostHosts, reportOf, tooManyLost, untouchedHosts, type Work } from "./report.ts";
import type { DeployReport } from "./reports.ts";
import { forgets } from "./rollback/secrets.ts";
import { leash } from "./run/abort.ts";
import { carryOut } from "./run/carry-out.ts";
import { hostRuns } from "./run/host-runs.ts";
import { type Stopwatch, stopwatch } from "./run/stopwatch.ts";
import { withUndo } from "./undo.ts";

export type { DeployRequest } from "./meant.ts";

interface Deploying extends Meant {
  /** As it was typed. */
  readonly request: DeployRequest;
  readonly watch: Stopwatch;
  readonly context: PipelineContext;
  /** Called when the work must not be stopped any more. */
  readonly letGo: () => void;
  readonly stop: AbortSignal | undefined;
}

/**
 * Makes every host hold exactly what the definitions say: staged everywhere, proven, then switched; a failure takes all
 * back. The report tells every host's outcome, also when some failed.
 *
 * @throws What stops it before any host is touched.
 */
export async function deploy(typed: DeployRequest, world: PipelineContext): Promise<DeployReport> {
  const { signal, letGo } = leash(world.signal);
  const context = { ...world, signal };
  const watch = stopwatch(context.now);
  const request = { ...typed, confirm: typed.confirm && watch.pausing(typed.confirm) };
  const meant = await whatIsMeant(request, context);
  const deploying: Deploying = { ...meant, request, watch, context, letGo, stop: world.signal };
  const reaching = reachAll(meant.outline, context);
  try {
    const looked = await look(deploying, reaching);
    if (tooManyLost(looked.work.surveyed, meant.outline)) return await leaveIt(deploying, looked);
    return await bring(deploying, looked);
  } finally {
    letGo();
    await reaching.then(closeAll, () => undefined);
  }
}

/** What there is to do, here and on every host; nothing is changed yet. */
interface Looked {
  readonly work: Work;
  readonly planned: Recording;
}

async function look(
  { request, outline, left, taken, context }: Deploying,
  reaching: Promise<Reached[]>,
): Promise<Looked> {
  const { acceptRollback, resume } = request;
  const evaluation = await evaluate(outline, context, { use: "write", acceptRollback });
  if (taken !== undefined && resume !== undefined) assertSame(taken, evaluation.copies);
  await beforeDeploy({ outline, projects: evaluation.projects }, context);
  tellSingleRecipient({ ...evaluation.state, definition: outline.definition }, context);
  const planned = await planRecording({ outline, state: evaluation.state }, context);
  const libraries = await libraryCheck(evaluation, request);
  const found = await surveyAll({ reached: await reaching, ...evaluation, outline, libraries }, context);
  const surveyed = preflight(found, { ...evaluation, protect: protectedOf(outline), request });
  return { work: { ...evaluation, outline, left, surveyed }, planned };
}

/** Too many hosts did not answer, or cannot have their copies. */
async function leaveIt(deploying: Deploying, { work, planned }: Looked): Promise<DeployReport> {
  const { request, watch, context } = deploying;
  const isSettled = planned.edits.length === 0 && work.state.plan.empty;
  const run = await noteStopped({ ...work, resumes: request.resume, set: noted(deploying), isSettled }, context);
  return reportOf(work, { watch, outcome: "failed", hosts: lostHosts(work.surveyed), run });
}

/** Asks, writes down what is to be remembered, and does it. */
async function bring(deploying: Deploying, { work: before, planned }: Looked): Promise<DeployReport> {
  const { request, asked, outline, watch, context, letGo, stop } = deploying;
  const check = { ...before, state: before.state.state };
  if (request.acceptRollback !== true) assertNotOlder({ ...check, command: typed(request) });
  context.signal?.throwIfAborted();
  const recording = await agreedRecording(planned, { work: before, request }, context);
  if (recording === undefined)
    return reportOf(before, { watch, outcome: "failed", hosts: untouchedHosts(before.surveyed) });
  const { work, recorded } = await recordIt(before, recording, context);
  if (allExact(work.copies, work.surveyed))
    return reportOf(work, { watch, outcome: "unchanged", hosts: idleHosts(work.surveyed), recorded });
  const runs = hostRuns({ work, sealed: await sealAll(work, context) });
  const { state, keyring } = work.state;
  const { adopt = false, allowDeletes = false, resume: resumes } = request;
  const deployed = deployedOf({ outline, state });
  const hidesBack = forgets({ state, instance: outline.instance, isOlder: isOlder(check) });
  const ended = await carryOut({ ...work, runs }, { ...context, action: "deploy", by: keyring.fingerprint, deployed, hidesBack, letGo, stop, watch, adopt, allowDeletes, recorded, resumes, set: noted(deploying) }); // biome-ignore format: one line
  return withUndo(ended, { ...work, runs, isNamed: isNamed(asked) });
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

/** With the state that is recorded, and the copies that it makes. */
async function recordIt(
  before: Work,
  recording: Recording,
  context: PipelineContext,
): Promise<{ readonly work: Work; readonly recorded: DeployReport["recorded"] }> {
  const { state, report: recorded } = await record({ ...before, recording }, context);
  if (state.state === before.state.state) return { work: { ...before, state }, recorded };
  const copies = await copiesOf({ ...before, state }, { ...context, onEvent: TOLD });
  return { work: { ...before, state, copies }, recorded };
}

/** What is odd was told with the plan. */
const TOLD = () => undefined;

function noted({ asked, outline, context }: Deploying): readonly string[] {
  return notedSet(asked.set ?? [], { ...outline.definition, ...context });
}
