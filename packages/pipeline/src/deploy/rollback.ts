import { FacsimileError, throwProblems } from "@facsimile/core";
import type { Host } from "@facsimile/definitions";
import type { PipelineContext } from "../context.ts";
import type { HostFilter } from "../instance/chosen-hosts.ts";
import { type Outline, outline } from "../instance/outline.ts";
import { openScope } from "../secrets/open.ts";
import { leash } from "./abort.ts";
import { carryOut } from "./carry-out.ts";
import { chosen } from "./chosen.ts";
import { closeAll, reachAll } from "./hosts.ts";
import { protectedOf, surveyAll } from "./plan.ts";
import { preflightBack } from "./preflight.ts";
import { type Ending, idleHosts, lostHosts, reportOf, tooManyLost, untouchedHosts } from "./report.ts";
import { goalsOf } from "./rollback-goals.ts";
import { findHeld } from "./rollback-held.ts";
import { planOfRollback } from "./rollback-plan.ts";
import type { RollbackPlan, RollbackReport } from "./rollback-report.ts";
import { rollbackRuns } from "./rollback-runs.ts";
import { rotatedSince } from "./rollback-secrets.ts";
import { type Named, parseWords } from "./rollback-words.ts";
import { stopwatch } from "./stopwatch.ts";
import { surveyHistory } from "./survey.ts";

export interface RollbackRequest {
  readonly instance: string;
  /** Projects, or one release by 7 digits of its id. Default: all projects that have an older release. */
  readonly words?: readonly string[] | undefined;
  /** `path=value` pairs that win over every file. */
  readonly set?: readonly string[] | undefined;
  /** Only these hosts. Default: all. */
  readonly filter?: HostFilter | undefined;
  /** Goes on without a question. Default `false`: only a local instance that is not protected does. */
  readonly yes?: boolean | undefined;
  /** The command as it was typed, for whoever is told to type it again. Default: without options. */
  readonly command?: string | undefined;
  /** Shows what would be done, and asks whether it is right. Default: nobody can be asked. */
  readonly confirm?: ((proposal: RollbackProposal) => Promise<boolean>) | undefined;
}

export interface RollbackProposal {
  readonly plan: RollbackPlan;
  readonly isProtected: boolean;
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
  const words = await parseWords(request.words ?? [], { ...context, instance: request.instance });
  const whole = await outline({ instance: request.instance, projects: words.projects, set: request.set }, context);
  const { outline: outlined, left } = chosen(whole, { filter: request.filter ?? {}, taken: undefined });
  assertAllowed(outlined, request);
  const reaching = reachAll(outlined, context);
  try {
    const { state, keyring, trust } = await openScope(outlined.definition.scope, { use: "read" }, context);
    const found = await surveyAll({ reached: await reaching, projects: outlined.projects, outline: outlined, copies: [], ask: surveyHistory }, context); // biome-ignore format: one line
    const all = preflightBack(found, { protect: protectedOf(outlined) });
    if (tooManyLost(all, outlined)) {
      const lost = { watch, outcome: "failed", hosts: lostHosts(all) } as const;
      return rollbackReport(reportOf({ outline: outlined, left, copies: [] }, lost), { outline: outlined });
    }
    const goals = goalsOf({ outline: outlined, surveyed: all, words });
    const isMeant = meant(goals, outlined);
    const surveyed = all.filter(({ reached }) => isMeant(reached.host));
    const reported = { outline: outlined, left: left.filter(({ host }) => isMeant(host)), copies: goals };
    const end = (ending: Omit<Ending, "watch">) => reportOf(reported, { ...ending, watch });
    const held = await findHeld(surveyed, { outline: outlined, goals, trust });
    const runs = rollbackRuns({ outline: outlined, surveyed, goals, held });
    const rotated = rotatedSince(goals, { held, state, instance: outlined.instance });
    const told = { outline: outlined, rotated };
    if (surveyed.length === runs.length && runs.every(({ steps }) => steps.length === 0))
      return rollbackReport(end({ outcome: "unchanged", hosts: idleHosts(surveyed) }), told);
    const plan = planOfRollback({ outline: outlined, surveyed, goals, held, runs, rotated });
    signal.throwIfAborted();
    if (!(await isAgreed({ plan, outline: outlined }, request)))
      return rollbackReport(end({ outcome: "failed", hosts: untouchedHosts(surveyed) }), told);
    const work = { ...reported, surveyed, runs };
    const how = { action: "rollback", by: keyring.fingerprint, adopt: false, allowDeletes: false, deployed: undefined, recorded: undefined, resumes: undefined } as const; // biome-ignore format: one line
    const ended = await carryOut(work, { ...context, ...how, letGo, stop: world.signal, watch });
    return rollbackReport(ended, told);
  } finally {
    letGo();
    await reaching.then(closeAll, () => undefined);
  }
}

/** Whether a host is to hold one of the projects that go back. */
function meant(goals: readonly Named[], { projects }: Outline): (host: Pick<Host, "name">) => boolean {
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

function assertAllowed({ hosts, instance, isProtected }: Outline, request: RollbackRequest): void {
  const problems: FacsimileError[] = [];
  if (hosts.length === 0)
    problems.push(new FacsimileError("NO_HOSTS", `${instance.full} has no hosts for these projects`));
  // Its hosts need not be asked to know that it needs a word.
  if (isProtected && !request.yes && request.confirm === undefined)
    problems.push(unconfirmed(request, `${instance.full} is protected`));
  throwProblems(problems);
}

/** As for a deploy; old secrets are always asked about. Hosts that move meanwhile are noticed under the lock. */
async function isAgreed(
  { plan, outline: { definition, instance, isProtected } }: { plan: RollbackPlan; outline: Outline },
  request: RollbackRequest,
): Promise<boolean> {
  if (request.yes || (definition.local && !isProtected && plan.rotated.length === 0)) return true;
  if (request.confirm !== undefined) return request.confirm({ plan, isProtected });
  const old = plan.rotated.flatMap(({ secrets }) => secrets);
  const what = old.length === 0 ? `${instance.full} would change` : `${instance.full} would get old values of ${[...new Set(old)].join(", ")}`; // biome-ignore format: one line
  throw unconfirmed(request, what);
}

function unconfirmed({ instance, words = [], command }: RollbackRequest, what: string): FacsimileError {
  return new FacsimileError("CONFIRMATION_NEEDED", `${what}, and nobody can be asked here`, {
    hint: `facs history ${instance}, and if it is right: ${command ?? ["facs rollback", instance, ...words].join(" ")} --yes`,
  });
}
