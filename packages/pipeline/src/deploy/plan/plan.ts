import type { Host } from "@facsimile/definitions";
import { fanOut, type Session } from "@facsimile/transport";
import type { PipelineContext } from "../../context.ts";
import type { HostFilter } from "../../instance/chosen-hosts.ts";
import type { CopyRequest, Outline } from "../../instance/outline.ts";
import type { Copy } from "../../release/release.ts";
import type { OpenedState } from "../../secrets/open.ts";
import type { PreparedProject } from "../../sources/prepare.ts";
import { askedOutline } from "../chosen.ts";
import { evaluate } from "../evaluate.ts";
import { warn, warnOfOlder } from "../look/deployed-state.ts";
import { HeldReleases } from "../look/held-release.ts";
import { closeAll, problemOf, type Reached, reachAll } from "../look/hosts.ts";
import { Records } from "../look/records.ts";
import { recordsHere } from "../look/records-here.ts";
import { type Survey, type Surveyed, type SurveyRequest, survey } from "../look/survey.ts";
import { uncommitted } from "../uncommitted.ts";
import { fileChanges } from "./files.ts";
import { type LibraryCheck, type LibraryRequest, libraryCheck } from "./libraries.ts";
import { planOf } from "./plan-of.ts";
import { preflight } from "./preflight.ts";
import type { Plan } from "./types.ts";

export interface PlanRequest extends CopyRequest, LibraryRequest, HostFilter {
  /** How rendered files change, too: hosts are asked for what they have. Default `false`. */
  readonly files?: boolean | undefined;
}

/** Asks every host, in one session each, and says what a deploy would do. Nothing is written, anywhere but in work folders. */
export async function plan(request: PlanRequest, context: PipelineContext): Promise<Plan> {
  const outlined = await askedOutline(request, context);
  const reaching = reachAll(outlined, context);
  try {
    const evaluation = await evaluate(outlined, context, { use: "read" });
    const { projects, copies } = evaluation;
    const libraries = await libraryCheck({ copies, projects }, request);
    const found = await surveyAll({ reached: await reaching, ...evaluation, outline: outlined, libraries }, context); // biome-ignore format: one line
    const surveyed = preflight(found, { copies, protect: protectedOf(outlined), request: {} });
    const { state } = evaluation.state;
    const older = warnOfOlder({ outline: outlined, state, surveyed }, context);
    const dirty = await uncommitted(outlined, context);
    warn(dirty, context);
    const refused = [...dirty, ...state.warnings, ...older];
    const work = { ...evaluation, outline: outlined, surveyed, left: [] };
    const planned = { ...(await planOf(work, context)), ...(refused.length === 0 ? {} : { refused }) };
    return request.files ? { ...planned, files: await fileChanges(work, context) } : planned;
  } finally {
    await reaching.then(closeAll, () => undefined);
  }
}

/** Paths on hosts that no deploy may touch. */
export function protectedOf({ definition }: Pick<Outline, "definition">): readonly string[] {
  return definition.values.deploy.protect ?? [];
}

/** Surveys all hosts that were reached, several at a time. */
export async function surveyAll(
  request: {
    readonly reached: readonly Reached[];
    readonly projects: readonly Asked[];
    readonly outline: Outline;
    readonly copies: readonly Copy[];
    /** Whose signatures count, and for which scope. Default: nobody looks at those of hosts. */
    readonly state?: Pick<OpenedState, "trust" | "state"> | undefined;
    readonly libraries?: LibraryCheck | undefined;
    /** How a host is asked about a project. Default: {@link survey}. */
    readonly ask?: typeof survey;
  },
  context: Pick<PipelineContext, "work">,
): Promise<Surveyed[]> {
  const { reached, projects, outline, copies, state, libraries, ask = survey } = request;
  const limit = outline.definition.values.deploy.parallel;
  const known = copies.flatMap(({ hosts }) => hosts.map(({ treeId, manifest }) => [treeId, manifest] as const));
  const records = new Records(new Map(known), recordsHere(outline.instance.full, context));
  const isSigned = state && signedBy(state, { records, instance: outline.instance.full });
  const outcomes = await fanOut(reached, {
    limit,
    work: (one) => surveyHost(one, { projects, copies, records, isSigned, libraries, ask }),
  });
  return outcomes.map((outcome): Surveyed => {
    if (outcome.status === "done") return outcome.value;
    return {
      reached: outcome.item,
      projects: new Map(),
      problem: problemOf(outcome.status === "failed" ? outcome.error : undefined, outcome.item.host),
    };
  });
}

/** As releases are sealed: for the scope of the state. Each record is checked once, however many hosts hold it. */
function signedBy(
  { trust, state: { scope } }: Pick<OpenedState, "trust" | "state">,
  held: { readonly records: Records; readonly instance: string },
): NonNullable<SurveyRequest["isSigned"]> {
  const releases = new HeldReleases({ ...held, trust });
  return (source) => releases.isWhole(source, scope);
}

type Asked = Pick<PreparedProject, "project" | "definition">;

/** What every host is asked about, and how. */
interface Asking {
  readonly projects: readonly Asked[];
  readonly copies: readonly Copy[];
  readonly records: Records;
  readonly isSigned: SurveyRequest["isSigned"];
  readonly libraries: LibraryCheck | undefined;
  readonly ask: typeof survey;
}

async function surveyHost(reached: Reached, asking: Asking): Promise<Surveyed> {
  if (!("session" in reached)) return { reached, projects: new Map(), problem: reached.problem };
  const { host, session } = reached;
  const { libraries } = asking;
  const mine = asking.projects.filter(({ definition }) => isOn(definition.hosts, host));
  const surveying = Promise.all(
    mine.map(async (asked) => [asked.project, await surveyProject(asked, { host, session, asking })] as const),
  );
  const [surveys, offer] = await Promise.all([surveying, libraries?.ask(session)]);
  const found = { host: host.name, projects: new Map(surveys), offer };
  return { reached, projects: found.projects, problem: libraries?.problemOn(found) };
}

function surveyProject(
  { project, definition }: Asked,
  { host, session, asking }: { host: Host; session: Session; asking: Asking },
): Promise<Survey> {
  const copy = asking.copies.find((one) => one.project === project);
  const wanted = copy?.hosts.find((one) => one.host === host.name);
  const isSigned: SurveyRequest["isSigned"] = async (source) =>
    source.probe.current?.release === copy?.id && (await asking.isSigned?.(source)) === true;
  return asking.ask(session, { definition, project, host: sameHost(definition.hosts, host), records: asking.records, wanted, isSigned }); // biome-ignore format: one line
}

function isOn(hosts: readonly Host[], { name }: Host): boolean {
  return hosts.some((host) => host.name === name);
}

// A project sees its own targets of a host, not those of other projects.
export function sameHost(hosts: readonly Host[], host: Host): Host {
  return hosts.find(({ name }) => name === host.name) ?? host;
}
