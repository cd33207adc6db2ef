import { FacsimileError, throwProblems } from "@facsimile/core";
import type { PipelineContext } from "../context.ts";
import { type Outline, outline } from "../instance/outline.ts";
import { tellSingleRecipient } from "../instance/warnings.ts";
import { copiesOf } from "../release/copies.ts";
import type { Copy } from "../release/release.ts";
import { beforeDeploy } from "../sources/prepare.ts";
import { definitionCommit } from "../state/publish.ts";
import { planRecording, type Recording, record } from "../state/record-state.ts";
import { leash } from "./abort.ts";
import { carryOut } from "./carry-out.ts";
import { comparePlan, isExact } from "./compare.ts";
import { type Consent, isAgreed, unconfirmed } from "./consent.ts";
import { closeAll, reachAll } from "./hosts.ts";
import { type LibraryRequest, lacksLibraries, libraryCheck } from "./libraries.ts";
import { evaluate, type Surveyed, surveyAll } from "./plan.ts";
import { idleHosts, lostHosts, reportOf, untouchedHosts, type Work } from "./report.ts";
import type { DeployReport } from "./reports.ts";

export interface DeployRequest extends Consent, LibraryRequest {
  /** Goes on without a question. Default `false`: only a local instance that is not protected does. */
  readonly yes?: boolean | undefined;
  /** Take over a home that holds something else. Default `false`. */
  readonly adopt?: boolean | undefined;
  /** Use a state that is older than one seen before, or another, or gone. Default `false`. */
  readonly acceptRollback?: boolean | undefined;
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
  const outlined = await outline(request, context);
  await assertAllowed(outlined, request, context);
  const reaching = reachAll(outlined, context);
  try {
    const evaluation = await evaluate(outlined, context, { use: "write", acceptRollback: request.acceptRollback });
    await beforeDeploy({ outline: outlined, projects: evaluation.projects }, context);
    tellSingleRecipient({ ...evaluation.state, definition: outlined.definition }, context);
    const planned = await planRecording({ outline: outlined, state: evaluation.state }, context);
    const libraries = await libraryCheck(evaluation, request);
    const surveyed = await surveyAll({ reached: await reaching, ...evaluation, outline: outlined, libraries });
    const before: Work = { ...evaluation, outline: outlined, surveyed };
    if (tooManyLost(surveyed, outlined))
      return reportOf(before, { started, outcome: "failed", hosts: lostHosts(surveyed) }, context);
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
    return await carryOut(work, { ...context, letGo, started, adopt: request.adopt ?? false, recorded: report });
  } finally {
    letGo();
    await reaching.then(closeAll, () => undefined);
  }
}

/** What is odd was told with the plan. */
const TOLD = () => undefined;

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

/** More hosts did not answer than the definition allows, or one that did could not run its copy. */
function tooManyLost(surveyed: readonly Surveyed[], { definition }: Outline): boolean {
  if (surveyed.some(({ problem }) => lacksLibraries(problem))) return true;
  const lost = surveyed.filter(({ problem }) => problem !== undefined).length;
  return lost > 0 && (lost > definition.values.deploy.maxUnreachable || lost === surveyed.length);
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
