import { memoized, NOTHING } from "../memo.ts";
import type { Step } from "../merge/steps.ts";
import type { UserSchema } from "../user-schema/user-schema.ts";
import type { WrittenModules } from "./module-files.ts";
import { movedPart, type Renaming, renamed, withoutPart } from "./moved.ts";
import { defaultStep, withNewNames } from "./user-keys.ts";

export interface DeriveOptions {
  readonly project: string | undefined;
  readonly written: WrittenModules;
  readonly user: UserSchema | undefined;
}

/**
 * The steps in full, weakest first: defaults of the user's schema, modules of files, what the project says about its build,
 * then the layers, by today's names and with their overlays of modules.
 */
export function deriveSteps(steps: readonly Step[], { project, written, user }: DeriveOptions): readonly Step[] {
  const defaults = user === undefined ? [] : [defaultStep(user)];
  const [builds, others]: [Step[], Step[]] = [[], []];
  for (const step of steps) {
    // Nothing of our own has an old name.
    const { own, buildOf } = step.layer.role === "defaults" ? DEFAULTS : partsOf(step, written, user ?? NOTHING);
    if (project !== undefined) builds.push(...(buildOf.get(project) ?? []));
    others.push(...(own ?? [step]));
  }
  return [...defaults, ...written.steps, ...builds, ...others];
}

/** What one step comes to. */
interface Parts {
  readonly own: readonly Step[];
  /** By project. */
  readonly buildOf: ReadonlyMap<string, readonly Step[]>;
}

const DEFAULTS = { own: undefined, buildOf: new Map<string, readonly Step[]>() };

const partsOf = memoized((step: Step, written: WrittenModules, user: UserSchema | object): Parts => {
  const today = user === NOTHING ? [step] : withNewNames(step, user as UserSchema);
  const own = today.flatMap((each) => renamed(each, COMPONENTS));
  return { own: own.flatMap((each) => overlays(each, written)), buildOf: buildsOf(own) };
});

/** The Python tool's name for projects. */
const COMPONENTS: Renaming = { from: ["facsimile", "components"], to: ["projects"] };

/** `projects.<name>.build` lies beneath the key `build`. */
function buildsOf(steps: readonly Step[]): ReadonlyMap<string, readonly Step[]> {
  const names = new Set(steps.flatMap(({ values }) => Object.keys(values["projects"] ?? {})));
  const buildOf = (name: string) =>
    steps.flatMap((step) => movedPart(step, { from: ["projects", name, "build"], to: ["build"] }) ?? []);
  return new Map([...names].map((name) => [name, buildOf(name)]));
}

/** `service.<module>` and `config.<module>` are sections of `modules.<module>`, which may also be called by its user name. */
function overlays(step: Step, { aliases, names }: WrittenModules): readonly Step[] {
  if (aliases.size === 0) return [step];
  const pairs = [...aliases].flatMap(([alias, called]) => called.map((name) => ({ alias, name })));
  const onlyAliases = [...aliases.keys()].filter((alias) => !names.includes(alias));
  const own = onlyAliases.reduce((left, alias) => withoutPart(left, ["modules", alias]), step);
  const byUser = pairs
    .filter(({ alias, name }) => alias !== name)
    .flatMap(({ alias, name }) => movedPart(step, { from: ["modules", alias], to: ["modules", name] }) ?? []);
  const sections = SECTIONS.flatMap(({ key, section }) =>
    pairs.flatMap(({ alias, name }) => movedPart(step, { from: [key, alias], to: ["modules", name, section] }) ?? []),
  );
  return [own, ...byUser, ...sections];
}

const SECTIONS = [
  { key: "service", section: "service" },
  { key: "config", section: "freeform" },
] as const;
