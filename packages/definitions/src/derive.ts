import { memoized } from "./memo.ts";
import type { WrittenModules } from "./module-files.ts";
import { movedPart, renamed, withoutPart } from "./moved.ts";
import type { Step } from "./steps.ts";
import { defaultStep, withNewNames } from "./user-keys.ts";
import type { UserSchema } from "./user-schema.ts";
import { entryOf } from "./value.ts";

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
  const today = user === undefined ? steps : steps.flatMap((step) => withNewNames(step, user));
  const own = today.flatMap((step) => withProjects(step));
  const defaults = user === undefined ? [] : [defaultStep(user)];
  const builds = project === undefined ? [] : own.flatMap((step) => buildOf(step).get(project) ?? []);
  return [...defaults, ...written.steps, ...builds, ...own.flatMap((step) => overlays(step, written))];
}

/** `facsimile.components` is the Python tool's name for `projects`. */
const withProjects = memoized((step: Step) => renamed(step, { from: ["facsimile", "components"], to: ["projects"] }));

/** `projects.<name>.build` lies beneath the key `build`. */
const buildOf = memoized((step: Step) => {
  const projects = Object.keys(entryOf(step.values, "projects") ?? {});
  return new Map(projects.map((name) => [name, movedPart(step, { from: ["projects", name, "build"], to: ["build"] })]));
});

/** `service.<module>` and `config.<module>` are sections of `modules.<module>`, which may also be called by its user name. */
const overlays = memoized((step: Step, { aliases, names }: WrittenModules): readonly Step[] => {
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
});

const SECTIONS = [
  { key: "service", section: "service" },
  { key: "config", section: "freeform" },
] as const;
