import { type InstanceName, isSecret, Secret, sha256 } from "@facsimile/core";
import { type Definition, type Host, type Module, moduleContext } from "@facsimile/definitions";
import { ALPHABET, type Policy, type State, type StatePlan, valueNameText, valuesOf, type Wants } from "@facsimile/state"; // biome-ignore format: one line

/** Every user gets a password, every daemon a number, and `state.generate` says what else is made, and how. */
export function wantsOf({
  definition,
  modules,
}: {
  readonly definition: Definition;
  readonly modules: readonly Module[];
}): Wants {
  const policies = policiesOf(definition);
  const [users, secrets] = split(Object.keys(policies));
  return {
    passwords: [...modules.map(({ username }) => username), ...users],
    secrets,
    policies,
    uiids: modules.flatMap(({ daemons }) => daemons.map(({ name }) => name)),
  };
}

/** How values are made, by name: as `state.generate` says. */
export function policiesOf({ values }: Definition): Readonly<Record<string, Policy>> {
  const rules = Object.entries(values.state?.generate ?? {});
  return Object.fromEntries(rules.map(([name, rule]) => [name, policyOf(rule)]));
}

type Rule = NonNullable<NonNullable<Definition["values"]["state"]>["generate"]>[string];

function policyOf(rule: Rule): Policy {
  if (typeof rule === "object" && "length" in rule) return { length: rule.length, alphabet: rule.alphabet ?? ALPHABET };
  return rule;
}

const PASSWORD = "passwd/";

/** Users of `passwd/USER`, and the other names. */
function split(names: readonly string[]): readonly [users: readonly string[], secrets: readonly string[]] {
  const users = names.filter((name) => name.startsWith(PASSWORD)).map((name) => name.slice(PASSWORD.length));
  return [users, names.filter((name) => !name.startsWith(PASSWORD))];
}

/** Names of what a plan makes, as people write them: `passwd/storefront`, `db/root`. */
export function madeBy({ passwords, secrets }: Pick<StatePlan, "passwords" | "secrets">): readonly string[] {
  return [...passwords.map((user) => `${PASSWORD}${user}`), ...secrets];
}

/** What a template shows for a value that the next deploy makes. */
const PLACEHOLDER = "‹made by the next deploy›";

export interface Lookup {
  readonly state: State;
  readonly plan: StatePlan;
  readonly instance: InstanceName;
  /** Stand-ins take the place of the values, so that no filter of a template can show a part of one. */
  readonly masked?: boolean | undefined;
}

/** Of a value's name alone: the same in every run. Whoever shows it redacts it as the value itself. */
export function standIn({ name }: Secret): Secret {
  return new Secret(`masked-${sha256(name)}`, name);
}

/** `module` as templates of a host see it; what is still missing shows as a placeholder. */
export function moduleContextOf(
  { definition, host }: { readonly definition: Definition; readonly host: Host },
  lookup: Lookup,
): object {
  const { plan } = lookup;
  const secrets = secretContext(lookup);
  const modules = definition
    .modulesOf(host)
    .map((module) => ({ ...module, values: withSecrets(module.values, secrets) as Module["values"] }));
  return moduleContext(modules, {
    password: (username: string) => secretOf(`${PASSWORD}${username}`, lookup) ?? placeholder(`${PASSWORD}${username}`),
    uiid: (daemon: string) => lookup.state.uiid(daemon) ?? plan.uiids[daemon] ?? unplanned(daemon),
  });
}

function unplanned(daemon: string): never {
  throw new Error(`${daemon} was not planned for`);
}

export type Secrets = Readonly<Record<string, Secret>>;

/** `secret` as templates see it, by name: `db/root`, `passwd/storefront`. What a plan makes shows as a placeholder. */
export function secretContext(lookup: Lookup): Secrets {
  const planned = madeBy(lookup.plan);
  const names = new Set([...valuesOf(lookup.state).map(({ name }) => valueNameText(name)), ...planned]);
  const found = [...names].flatMap((name) => {
    const secret = secretOf(name, lookup) ?? (planned.includes(name) ? placeholder(name) : undefined);
    return secret === undefined ? [] : [[name, secret] as const];
  });
  // Without a prototype: nothing is called `constructor` that nobody named so.
  return Object.assign(Object.create(null), Object.fromEntries(found));
}

/** The value that an instance sees, or what stands in for it. */
export function secretOf(name: string, lookup: Omit<Lookup, "plan">): Secret | undefined {
  const { state, instance, masked = false } = lookup;
  const isPassword = name.startsWith(PASSWORD);
  const found = isPassword ? state.password(name.slice(PASSWORD.length), instance) : state.secret(name, instance);
  return found !== undefined && masked ? standIn(found) : found;
}

// Named as the state will name it, so that a plan is the deploy.
function placeholder(name: string): Secret {
  return new Secret(PLACEHOLDER, name.startsWith(PASSWORD) ? name : `secrets/${name}`);
}

/** Puts secrets where values refer to them: `{$secret: "db/root"}`. The identical value where none does. */
export function withSecrets(value: unknown, secrets: Secrets): unknown {
  if (typeof value !== "object" || value === null || isSecret(value)) return value;
  const { $secret } = value as { $secret?: unknown };
  if (typeof $secret === "string") return secrets[$secret];
  const entries = Object.entries(value).map(([key, item]) => [key, withSecrets(item, secrets)] as const);
  if (entries.every(([key, item]) => item === (value as Record<string, unknown>)[key])) return value;
  return Array.isArray(value) ? entries.map(([, item]) => item) : Object.fromEntries(entries);
}
