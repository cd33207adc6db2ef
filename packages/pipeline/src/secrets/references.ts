import { didYouMean, FacsimileError, formatPath, isFacsimileError, type KeyPath, problemsOf, throwProblems } from "@facsimile/core"; // biome-ignore format: one line
import { type Definition, type Host, isSecretRef } from "@facsimile/definitions";
import { type Lookup, secretContext } from "./values.ts";

/** A place in a definition that refers to a secret. */
export interface SecretReference {
  readonly name: string;
  readonly path: KeyPath;
  /** Who sees it; undefined where all do. */
  readonly host: Host | undefined;
}

/** Every `{ $secret: … }` of a definition, also as single hosts see it. */
export function referencesOf(definition: Definition): readonly SecretReference[] {
  const views = new Map<unknown, Host | undefined>(definition.hosts.map((host) => [definition.view(host), host]));
  views.set(definition.values, undefined);
  return [...views].flatMap(([values, host]) => found(values, []).map((one) => ({ ...one, host })));
}

function found(value: unknown, path: KeyPath): readonly Omit<SecretReference, "host">[] {
  if (isSecretRef(value)) return [{ name: value.$secret, path }];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => found(inner, [...path, key]));
}

/**
 * Refuses definitions that refer to a secret which the state lacks and no policy makes: each name once, with its first
 * place.
 *
 * @throws `SECRETS_MISSING`
 */
export function assertReferences(definitions: readonly Definition[], lookup: Lookup): void {
  const known = secretContext(lookup);
  const missing = new Map<string, FacsimileError>();
  for (const definition of definitions) {
    for (const { name, path, host } of referencesOf(definition)) {
      if (name in known || missing.has(name)) continue;
      const position = definition.origin(path, host)?.position;
      const message = `${formatPath(path)} refers to the secret ${name}, which ${lookup.state.file} does not have`;
      const hint = hintFor(name, { instance: lookup.instance.full, known: Object.keys(known) });
      missing.set(name, new FacsimileError("SECRETS_MISSING", message, { hint, position }));
    }
  }
  throwProblems([...missing.values()]);
}

function hintFor(name: string, { instance, known }: { instance: string; known: readonly string[] }): string {
  const near = didYouMean(name, known);
  const meant = near === undefined ? "" : `Did you mean ${near}? Or set it: `;
  return `${meant || "Set it: "}facs secrets set ${instance} ${name}\nor have it made: state.generate in the instance's definition.`;
}

const IN_TEMPLATE = /^unknown variable secret(?:\.([\w-]+)|\[\s*(?:"([^"]+)"|'([^']+)')\s*\])/;

/** Tells those who render a template that asks for a secret nobody has how to give it. */
export async function withSecretHints<T>(instance: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isFacsimileError(error)) throw error;
    const problems = problemsOf(error).map((problem) => hinted(problem, instance));
    if (problems.every((problem, index) => problem === problemsOf(error)[index])) throw error;
    throwProblems(problems);
    throw error;
  }
}

function hinted(problem: FacsimileError, instance: string): FacsimileError {
  const { code, message, position, hint = "" } = problem;
  const name = IN_TEMPLATE.exec(message)
    ?.slice(1)
    .find((group) => group !== undefined);
  if (code !== "TEMPLATE_UNKNOWN_VARIABLE" || name === undefined) return problem;
  const set = `Set it: facs secrets set ${instance} ${name}`;
  return new FacsimileError(code, message, { position, cause: problem.cause, hint: `${hint}\n${set}`.trim() });
}
