import path from "node:path";
import { FacsimileError, formatPath, type KeyPath, type ProjectName, parseInstance, parsePath, parseProject } from "@facsimile/core"; // biome-ignore format: one line
import { type Explanation, explain, listProjects, type Origin } from "@facsimile/definitions";
import { printJson } from "../follow.ts";
import type { Invocation } from "../invocation.ts";
import { openConglomerate } from "../open-world.ts";
import { explainText } from "../text/explain.ts";
import { layersText, notesText } from "../text/explain-layers.ts";

export interface ExplainOptions {
  readonly all?: true;
  readonly layers?: true;
  readonly host?: string;
  readonly target?: string;
  readonly region?: string;
  readonly set?: readonly string[];
}

export interface ExplainInvocation extends Invocation<ExplainOptions> {
  readonly instance: string;
  /** `[project?, key]`; with `--layers` `[project?]`. */
  readonly words: readonly string[];
}

/** Says which layer set a value and what that overrode; with `--layers`, the order of the layers. */
export async function explainCommand({ instance, words, options, world, run }: ExplainInvocation): Promise<void> {
  const { host, target, region, set, layers } = options;
  const { key, project: named } = askedFor(instance, { words, options });
  const conglomerate = await openConglomerate(world, { options, run });
  const [only, ...others] = named === undefined ? await listProjects(conglomerate) : [];
  const project = named ?? (others.length === 0 ? only : undefined);
  const asked = { instance: parseInstance(instance), project, path: key, host, target, region };
  // Where the pipeline puts what it checks out.
  const checkouts = path.join(conglomerate.work, "SRC");
  const explanation = await explain(conglomerate, { ...asked, set, env: world.env, checkouts });
  if (!layers && explanation.missing !== undefined) throw notSet(explanation, [only, ...others]);
  const { style, tellStyle, width } = world;
  const who = [instance, project, host].filter((word) => word !== undefined);
  if (options.json) printJson(document(explanation, { ...asked, instance }), world);
  else if (layers) world.print(layersText(explanation, { who: who.join(", ") }));
  else world.print(explainText(explanation, { style, width, all: options.all }));
  world.tell(notesText(explanation, { who, key: layers ? undefined : key, style: tellStyle }));
}

function askedFor(
  instance: string,
  { words, options }: Pick<ExplainInvocation, "words" | "options">,
): { project: ProjectName | undefined; key: KeyPath | undefined } {
  const { layers, host, target, region } = options;
  if (host !== undefined && (target !== undefined || region !== undefined)) {
    throw usage("a host has its own targets and region: --host stands alone");
  }
  const [key, project, ...more] = layers ? [undefined, ...words] : words.toReversed();
  if (more.length > 0) throw usage(layers ? "--layers takes no key" : "too many words");
  if (key === undefined && !layers) throw usage(`which key of ${instance}?`);
  return {
    project: project === undefined ? undefined : parseProject(project),
    key: key === undefined ? undefined : parsePath(key),
  };
}

function usage(message: string): FacsimileError {
  const hint = "facs explain INSTANCE [PROJECT] KEY [--host HOST]\nfacs explain INSTANCE [PROJECT] --layers";
  return new FacsimileError("USAGE", message, { hint });
}

/** As the definitions say it; and what was meant where the key is the name of a project. */
function notSet({ missing, path: key }: Explanation, projects: readonly (string | undefined)[]): FacsimileError {
  const { code = "", message = "", hint } = missing ?? {};
  const [first = ""] = key;
  const isProject = key.length === 1 && projects.includes(first);
  return new FacsimileError(code, message, {
    hint: isProject ? `${first} is a project: name the key after it.\n${hint}` : hint,
  });
}

interface Asked {
  readonly instance: string;
  readonly project: string | undefined;
  readonly host: string | undefined;
  readonly target: string | undefined;
  readonly region: string | undefined;
}

function document({ path: key, leaves, missing: _, ...rest }: Explanation, asked: Asked): object {
  const { instance, project, host, target, region } = asked;
  const shown = leaves.map((leaf) => ({
    path: formatPath(leaf.path),
    value: leaf.value,
    ...origin(leaf.origin),
    overrode: leaf.origin?.overrode.map(origin) ?? [],
    uses: leaf.uses.map((used) => ({ path: formatPath(used.path), value: used.value, ...origin(used.origin) })),
    elsewhere: leaf.elsewhere.map((other) => ({ ...origin(other.origin), view: other.view, value: other.value })),
  }));
  const head = { schema: "explain/1", instance, project, host, target, region, key: formatPath(key) };
  return { ...head, leaves: shown, ...rest };
}

function origin(from: Origin | undefined): object {
  return { layer: from?.layer, view: from?.view, position: from?.position, written: from?.value };
}
