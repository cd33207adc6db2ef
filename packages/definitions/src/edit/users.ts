import type { FacsimileError, InstanceName } from "@facsimile/core";
import { type Environment, isFacsimileError, type ProjectName } from "@facsimile/core";
import { layersOf } from "../layers/chain.ts";
import { type Conglomerate, defineRoot, listInstances } from "../layers/conglomerate.ts";
import { instanceChain } from "../layers/instance-chain.ts";
import { projectsIn } from "../layers/projects.ts";
import type { LayerText } from "../layers/roots.ts";
import type { Warning } from "../types.ts";
import { Unique } from "../unique.ts";
import { entryOf } from "../value.ts";
import { type Check, checkEdit, uses } from "./check.ts";
import type { Sides, Sight } from "./effect.ts";

/** What an instance, for one project, sees of an edit. */
export interface Effect extends Sight {
  readonly instance: string;
  /** Undefined where no project can be asked for. */
  readonly project: string | undefined;
}

/** Who uses the layer, or may, and was not asked. */
export interface Unread {
  /** Instances whose files cannot be read, before and after. */
  readonly instances: readonly string[];
  /** Projects whose definitions live in their sources. */
  readonly projects: readonly string[];
}

/** Something wrong, and with which instance. */
export interface Broken {
  readonly instance: string;
  readonly problem: FacsimileError;
}

export interface Users {
  readonly effects: readonly Effect[];
  readonly problems: readonly Broken[];
  readonly warnings: readonly Warning[];
  readonly unread: Unread;
}

export interface UsersOptions {
  /** The edited one. */
  readonly layer: LayerText;
  readonly env: Environment;
}

/** Asks all who use the layer what the edit does to them: every instance, for every project and for none. */
export async function usersOf(sides: Sides<Conglomerate>, options: UsersOptions): Promise<Users> {
  const { here, elsewhere } = projectsOf(sides.before);
  const instances = await listInstances(sides.before);
  const checks: Check[] = [];
  for (const instance of instances) {
    for (const project of [undefined, ...here]) {
      const check = await checkEdit(sides, { instance, project, ...options });
      if (check !== undefined) checks.push(check);
    }
  }
  const warnings = new Unique<Warning>();
  for (const warning of checks.flatMap((check) => check.warnings)) warnings.add(warning);
  return {
    // What holds for all projects is what each of them sees, but for what it says itself.
    effects: checks.filter(({ project }) => (project === undefined) === (here.length === 0)).flatMap(effectOf),
    problems: checks.flatMap(({ instance, problems }) =>
      problems.map((problem) => ({ instance: instance.full, problem })),
    ),
    warnings: warnings.all,
    unread: {
      instances: [...new Set(checks.filter(({ sight }) => sight === undefined).map(({ instance }) => instance.full))],
      projects: elsewhere.filter((project) =>
        instances.some((instance) => isUser(sides.before, { instance, project, ...options })),
      ),
    },
  };
}

function effectOf({ instance, project, sight }: Check): readonly Effect[] {
  return sight === undefined ? [] : [{ instance: instance.full, project, ...sight }];
}

/** By where their definitions are. */
function projectsOf(conglomerate: Conglomerate) {
  const projects = projectsIn(layersOf(defineRoot(conglomerate), {}));
  const names = Object.keys(projects) as ProjectName[];
  const isElsewhere = (name: string) => entryOf(projects[name], "definitions") === "source";
  return { here: names.filter((name) => !isElsewhere(name)), elsewhere: names.filter(isElsewhere) };
}

interface Asked extends UsersOptions {
  readonly instance: InstanceName;
  readonly project: ProjectName;
}

function isUser(conglomerate: Conglomerate, { layer, ...subject }: Asked): boolean {
  try {
    return uses(instanceChain(conglomerate, subject), layer);
  } catch (error) {
    if (isFacsimileError(error)) return false;
    throw error;
  }
}
