import { FacsimileError, formatPath, type KeyPath } from "@facsimile/core";
import { checkoutFolder, isFolder } from "../layers/checkouts.ts";
import { type Conglomerate, filesOf, isInRepo } from "../layers/conglomerate.ts";
import { instanceChain, stepsIn } from "../layers/instance-chain.ts";
import { type ViewerNames, viewerOf } from "../layers/viewer.ts";
import { stepsFor } from "../layers/views.ts";
import type { InstanceValues, ResolveOptions } from "../types.ts";
import { Unique } from "../unique.ts";
import { valueAt } from "../value.ts";
import type { Explanation, LookedAt } from "./explanation.ts";
import { layersLookedAt, projectsThatSet } from "./layers.ts";
import { explainedLeaves } from "./leaves.ts";
import { notSet } from "./not-set.ts";
import { addedToModule, valuePath } from "./path.ts";
import { type Glance, glanceAt, otherViews } from "./views.ts";

export interface ExplainOptions extends ResolveOptions, ViewerNames {
  /** What to explain: a value, or all that lies beneath it. Default: everything. */
  readonly path?: KeyPath | undefined;
  /**
   * The folder of all checkouts, absolute: that of the project, in the version that the instance has, is its `source` where
   * it is there. Default: none is looked for.
   */
  readonly checkouts?: string | undefined;
}

/**
 * Says of a value, or of all values beneath a path, which layer set it and what that overrode. Nothing is checked against
 * the schema, so that a definition that is wrong can be explained too.
 *
 * @throws `UNKNOWN_INSTANCE`, `UNKNOWN_PROJECT`, `UNKNOWN_HOST`, `UNKNOWN_TARGET`, `UNKNOWN_REGION`, `BAD_SET`, and what
 *   reading the files throws
 */
export async function explain(conglomerate: Conglomerate, options: ExplainOptions): Promise<Explanation> {
  const { system = "linux", env = {}, project } = options;
  const problems = new Unique<FacsimileError>();
  const silent = { env, onProblem: () => undefined, onWarning: () => undefined };
  const telling = { ...silent, onProblem: (problem: FacsimileError) => problems.add(problem) };
  const folder = options.source ?? checkedOut(conglomerate, options);
  const found = folder !== undefined && isFolder(folder);
  const chain = instanceChain(conglomerate, { ...options, source: found ? folder : undefined });
  const { steps: all, user } = stepsIn(chain, telling);

  const path = valuePath(options.path ?? [], { steps: all, written: chain.written });
  const plain = glanceAt(stepsFor(all, { system }), telling);
  const viewer = viewerOf(plain.values, { ...options, system });
  const isNobody = [options.host, options.target, options.region].every((name) => name === undefined);
  const glance = isNobody ? plain : glanceAt(stepsFor(all, viewer), telling);
  const others = isNobody ? otherViews(all, { glance, path, system, project, assemble: silent }) : [];
  const leaves = explainedLeaves({ glance, others, path, secrets: user?.secrets ?? [] });
  const layers = layersLookedAt(chain, { steps: glance.steps, path });
  const projects = project === undefined ? projectsThatSet(conglomerate, path) : [];
  return {
    path,
    leaves,
    missing: leaves.length > 0 ? undefined : missing({ ...options, path, glance, layers, projects }),
    projects,
    layers,
    source: folder === undefined ? undefined : { folder: filesOf(conglomerate).shown(folder), found, isWhole: isInRepo(conglomerate) }, // biome-ignore format: one line
    problems: problems.all,
  };
}

/** Where the project's sources would be, in the version that the instance has; undefined where nothing says which. */
function checkedOut(conglomerate: Conglomerate, options: ExplainOptions): string | undefined {
  const { checkouts, project, system = "linux" } = options;
  if (checkouts === undefined || project === undefined) return undefined;
  const silent = { env: {}, onProblem: () => undefined, onWarning: () => undefined };
  const { steps } = stepsIn(instanceChain(conglomerate, { ...options, source: undefined }), silent);
  const { values } = glanceAt(stepsFor(steps, { system }), silent);
  const [version, subfolder] = [valueAt(values, ["versions", project]), valueAt(values, ["projects", project, "path"])];
  if (typeof version !== "string") return undefined;
  return checkoutFolder(
    { project, version, subfolder: typeof subfolder === "string" ? subfolder : undefined },
    checkouts,
  );
}

interface Missing extends Pick<Explanation, "path" | "layers" | "projects">, Omit<ExplainOptions, "path"> {
  readonly glance: Glance;
}

function missing({ path, layers, projects, glance, ...options }: Missing): FacsimileError {
  const { instance, project, host, target, region } = options;
  const eyes = [host, target && `target ${target}`, region && `region ${region}`];
  const where = [instance.full, project, ...eyes].filter((part) => part !== undefined).join(", ");
  const error = notSet(path, { where, values: [glance.values as unknown as InstanceValues] });
  const key = formatPath(path);
  const own = projects.map((name) => `${name} sets it for itself: facs explain ${instance.full} ${name} ${key}`);
  const hint = own.length > 0 ? own.join("\n") : (addedToModule(path) ?? error.hint);
  const looked = ["Looked in, strongest first:", ...layers.toReversed().map((layer) => `  ${lookedText(layer)}`)];
  return new FacsimileError(error.code, error.message, { hint: [hint, ...looked].filter(Boolean).join("\n") });
}

function lookedText({ name, found }: LookedAt): string {
  return found ? name : `${name} (not there)`;
}
