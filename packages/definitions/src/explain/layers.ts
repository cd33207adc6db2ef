import { isFacsimileError, type KeyPath, type ProjectName, parseProject } from "@facsimile/core";
import { type Link, layersOf } from "../layers/chain.ts";
import { type Conglomerate, defineRoot } from "../layers/conglomerate.ts";
import type { InstanceChain } from "../layers/instance-chain.ts";
import { projectsIn } from "../layers/projects.ts";
import type { Root } from "../layers/roots.ts";
import { sets } from "../merge/origin.ts";
import { type Step, stepsOf } from "../merge/steps.ts";
import type { LookedAt } from "./explanation.ts";
import { viewText } from "./views.ts";

export interface Looking {
  readonly steps: readonly Step[];
  readonly path: KeyPath;
}

/** Every place where the chain looked for a layer, weakest first. */
export function layersLookedAt(chain: InstanceChain, looking: Looking): readonly LookedAt[] {
  const { parts, layers, modules, schema } = chain;
  const inLinks = parts.flatMap(({ root, links }) => links.flatMap((link) => linkLookedAt(link, { root, looking })));
  const names = new Set(inLinks.map(({ name }) => name));
  const [weaker, stronger] = [true, false].map((isWeaker) =>
    layers.filter(({ name, role }) => !names.has(name) && (role === "defaults") === isWeaker),
  );
  return [
    ...(schema === undefined ? [] : [looked({ name: schema.file, role: "defaults" }, looking)]),
    ...(weaker ?? []).map((layer) => looked(layer, looking)),
    ...modules.map(({ source }) => looked({ name: source.file, role: "modules" }, looking)),
    ...inLinks,
    ...(stronger ?? []).map((layer) => looked(layer, looking)),
  ];
}

function linkLookedAt(link: Link, { root, looking }: { root: Root; looking: Looking }): readonly LookedAt[] {
  const { role, parts, isFound, layers } = link;
  const own = layers.at(-1);
  if (isFound) return layers.map((layer) => ({ ...looked(layer, looking), isParent: layer !== own }));
  const names = new Set([parts.join("."), parts.at(-1) ?? ""]);
  const name = [...names].map((each) => root.shown(each)).join(" or ");
  return [{ name, role, found: false, isParent: false, views: [], sets: false }];
}

function looked({ name, role }: Pick<LookedAt, "name" | "role">, { steps, path }: Looking): LookedAt {
  const own = steps.filter(({ layer }) => layer.name === name && (layer.role === "modules") === (role === "modules"));
  const views = own.flatMap(({ view }) => (view === undefined ? [] : [viewText(view)]));
  const isSet = own.some(({ values }) => sets(values, path));
  return { name, role, found: true, isParent: false, views: [...new Set(views)], sets: isSet };
}

/** The projects whose own layers say something of `path`. */
export function projectsThatSet(conglomerate: Conglomerate, path: KeyPath): readonly ProjectName[] {
  const define = defineRoot(conglomerate);
  const projects = Object.keys(projectsIn(layersOf(define, {}))).map(parseProject);
  return projects.filter((project) => {
    try {
      const own = layersOf(define, { project }).filter(({ role }) => role === "project");
      return own.flatMap((layer) => stepsOf(layer).steps).some(({ values }) => sets(values, path));
    } catch (error) {
      // What is wrong with a project's file is no matter of an instance that was asked for without it.
      if (isFacsimileError(error)) return false;
      throw error;
    }
  });
}
