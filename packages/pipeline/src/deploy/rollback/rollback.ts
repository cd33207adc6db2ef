import type { Host } from "@facsimile/definitions";
import type { PipelineContext } from "../../context.ts";
import { hostWords } from "../../instance/chosen-hosts.ts";
import type { Outline } from "../../instance/outline.ts";
import { outline } from "../../instance/outline-of.ts";
import { openScope } from "../../secrets/open.ts";
import { type Chosen, chosen } from "../chosen.ts";
import { assertNotOlder, type DeployedCheck, warnOfOlder } from "../look/deployed-state.ts";
import { closeAll, type Reached, reachAll } from "../look/hosts.ts";
import { type Surveyed, surveyHistory } from "../look/survey.ts";
import { protectedOf, surveyAll } from "../plan/plan.ts";
import { preflightBack } from "../plan/preflight.ts";
import { type Ending, idleHosts, lostHosts, reportOf, tooManyLost, untouchedHosts } from "../report.ts";
import { leash } from "../run/abort.ts";
import { type Carried, carryOut } from "../run/carry-out.ts";
import { type Stopwatch, stopwatch } from "../run/stopwatch.ts";
import { projectsMeant } from "./goals.ts";
import { findHeld } from "./held.ts";
import { ownGoals } from "./own.ts";
import { planOfRollback } from "./plan.ts";
import type { RollbackPlan, RollbackReport } from "./report.ts";
import { assertAllowed, isAgreed, type RollbackRequest, typedBack } from "./request.ts";
import { rollbackRuns } from "./runs.ts";
import { forgets, rotatedSince } from "./secrets.ts";
import { type Named, parseWords, type RollbackWords } from "./words.ts";

interface Going extends Chosen {
  readonly words: RollbackWords;
  readonly request: RollbackRequest;
  readonly watch: Stopwatch;
  readonly context: PipelineContext;
  /** Called when the work must not be stopped any more. */
  readonly letGo: () => void;
  readonly stop: AbortSignal | undefined;
}

/**
 * Takes every host back to a release that it holds: the last confirmed one before that which runs, or the one that is named.
 * All hosts are looked at before the first is switched; then it goes as in a deploy. Definitions and state stay as they are.
 *
 * @throws What stops it before any host is touched.
 */
export async function rollback(typed: RollbackRequest, world: PipelineContext): Promise<RollbackReport> {
  const { signal, letGo } = leash(world.signal);
  const context = { ...world, signal };
  const watch = stopwatch(context.now);
  const request = { ...typed, confirm: typed.confirm && watch.pausing(typed.confirm) };
  const going = { ...(await whatGoes(request, context)), request, watch, context, letGo, stop: world.signal };
  const reaching = reachAll(going.outline, context);
  try {
    return await goBack(going, reaching);
  } finally {
    letGo();
    await reaching.then(closeAll, () => undefined);
  }
}

async function whatGoes(request: RollbackRequest, context: PipelineContext): Promise<Chosen & Pick<Going, "words">> {
  const { instance, set, filter = {} } = request;
  const words = await parseWords(request.words ?? [], { ...context, instance, chosen: hostWords(filter) });
  const whole = await outline({ instance, projects: words.projects, set }, context);
  const going = { ...chosen(whole, { filter, taken: undefined }), words };
  assertAllowed(going.outline, request);
  return going;
}

async function goBack(going: Going, reaching: Promise<Reached[]>): Promise<RollbackReport> {
  const { outline, watch, context } = going;
  const scope = await openScope(outline.definition.scope, { use: "read" }, context);
  const found = await surveyAll({ reached: await reaching, projects: outline.projects, outline, copies: [], ask: surveyHistory }, context); // biome-ignore format: one line
  const named = projectsMeant({ outline, surveyed: found, words: going.words });
  const isMeant = meant(named, outline);
  const asked = found.filter(({ reached }) => isMeant(reached.host));
  const surveyed = preflightBack(asked, { protect: protectedOf(outline), instance: outline.instance.full });
  if (!tooManyLost(surveyed, outline)) {
    const isOlder = heedsOlder(going, { outline, state: scope.state, surveyed: found });
    return bringBack(going, { ...(await lookBack(going, { scope, surveyed })), isOlder });
  }
  const left = going.left.filter(({ host }) => isMeant(host));
  const lost = { watch, outcome: "failed", hosts: lostHosts(surveyed) } as const;
  return rollbackReport(reportOf({ outline, left, copies: [] }, lost), { outline });
}

/** By an older state nobody can tell which secrets the releases bring back. @throws As {@link assertNotOlder} */
function heedsOlder({ request, context }: Going, check: DeployedCheck): boolean {
  if (request.acceptRollback === true) return warnOfOlder(check, context).length > 0;
  assertNotOlder({ ...check, command: typedBack(request) });
  return false;
}

/** What is to be switched where, and all that somebody is to know of it. */
interface LookedBack {
  readonly work: Carried;
  readonly plan: RollbackPlan;
  /** Of whoever goes back: {@link RunContext.by}. */
  readonly by: string;
  /** Of what runs now: {@link RunContext.hidesBack}. */
  readonly hidesBack: ReturnType<typeof forgets>;
  /** The same of what hosts go to. */
  readonly isForgotten: boolean;
}

async function lookBack(
  { outline, left, words, request }: Going,
  { scope, surveyed: all }: { scope: Awaited<ReturnType<typeof openScope>>; surveyed: readonly Surveyed[] },
): Promise<LookedBack> {
  const chosen = hostWords(request.filter ?? {});
  const goals = await ownGoals({ outline, surveyed: all, words, chosen });
  const isMeant = meant(goals, outline);
  const surveyed = all.filter(({ reached }) => isMeant(reached.host));
  const held = await findHeld(surveyed, { outline, goals, trust: scope.trust, chosen });
  const runs = rollbackRuns({ outline, surveyed, goals, held });
  const rotated = rotatedSince(goals, { held, state: scope.state, instance: outline.instance });
  const plan = planOfRollback({ outline, surveyed, goals, held, runs, rotated });
  const work = { outline, left: left.filter(({ host }) => isMeant(host)), copies: goals, surveyed, runs };
  const hidesBack = forgets({ state: scope.state, instance: outline.instance });
  const isForgotten = [...held].some(([host, releases]) => [...releases.values()].some(({ release }) => hidesBack(release, host))); // biome-ignore format: one line
  return { work, plan, by: scope.keyring.fingerprint, hidesBack, isForgotten };
}

/** Asks, and does it. */
async function bringBack(
  going: Going,
  { work, plan, by, hidesBack, isForgotten, isOlder }: LookedBack & { readonly isOlder: boolean },
): Promise<RollbackReport> {
  const { request, watch, context, letGo, stop } = going;
  const { outline, surveyed, runs } = work;
  const told = { outline, rotated: plan.rotated };
  const end = (ending: Omit<Ending, "watch">) => rollbackReport(reportOf(work, { ...ending, watch }), told);
  if (surveyed.length === runs.length && runs.every(({ steps }) => steps.length === 0))
    return end({ outcome: "unchanged", hosts: idleHosts(surveyed) });
  context.signal?.throwIfAborted();
  if (!(await isAgreed({ plan, outline }, request))) return end({ outcome: "failed", hosts: untouchedHosts(surveyed) });
  const how = { action: "rollback", by, adopt: false, allowDeletes: false, deployed: undefined, recorded: undefined, resumes: undefined, chosen: hostWords(request.filter ?? {}) } as const; // biome-ignore format: one line
  const hidesOutput = isOlder || isForgotten;
  return rollbackReport(await carryOut(work, { ...context, ...how, hidesOutput, hidesBack, letGo, stop, watch }), told);
}

/** Whether a host is to hold one of the projects that go back. */
function meant(goals: readonly Pick<Named, "project">[], { projects }: Outline): (host: Pick<Host, "name">) => boolean {
  const going = projects.filter(({ project }) => goals.some((goal) => goal.project === project));
  const names = new Set(going.flatMap(({ definition }) => definition.hosts.map(({ name }) => name)));
  return ({ name }) => names.has(name);
}

function rollbackReport(
  { schema: _, recorded: __, ...report }: ReturnType<typeof reportOf>,
  { outline, rotated = [] }: { outline: Outline; rotated?: RollbackReport["rotated"] },
): RollbackReport {
  const mine = new Set(report.projects.map(({ project }) => project));
  const defined = outline.projects.filter(({ project }) => mine.has(project));
  return {
    schema: "rollback/1",
    ...report,
    rotated,
    defined: defined.map(({ project, version, position }) => ({ project, version, position })),
  };
}
