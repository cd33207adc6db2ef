import { type FacsimileError, settled, throwProblems } from "@facsimile/core";
import { type Definition, excludedGlobs, type InstanceValues } from "@facsimile/definitions";
import { type HashOptions, manifestOf, type Tree, treeId } from "@facsimile/manifest";
import { createRenderer } from "@facsimile/templates";
import { withSharedParents } from "@facsimile/transport";
import picomatch from "picomatch";
import type { Telling } from "../instance/warnings.ts";
import type { HostCopy } from "../release/release.ts";
import type { TemplateValues } from "./contexts.ts";
import { digestsOf, knownOf, rememberDigests } from "./digests.ts";
import { eachProblems } from "./each.ts";
import { finishTree, mergeParts, type Part } from "./finish.ts";
import { installGroups } from "./groups.ts";
import { overlays } from "./overlays.ts";
import { createTemplates } from "./templates.ts";
import { unknownTargets } from "./unknown-targets.ts";

export interface AssembleRequest extends Telling {
  /** The conglomerate, absolute. */
  readonly root: string;
  /** The folder of `tmpl/` and `extra/`, absolute. */
  readonly own: string;
  readonly definition: Definition;
  readonly project: string;
  readonly version: string;
  /** The project's sources, absolute. */
  readonly source: string;
  /** Where the build was, absolute; the checkout when there was nothing to build. */
  readonly build: string;
  readonly values: TemplateValues;
}

/**
 * What each host is to hold: the install groups, `extra/`, `tmpl/`, the version file. Hosts of one view share its
 * rendering.
 *
 * @throws Every problem of every tree at once.
 */
export async function assemble(request: AssembleRequest): Promise<HostCopy[]> {
  const { definition } = request;
  const digests = digestsOf(request.build);
  const { copy, tmpl } = await installGroups(request);
  const layers = await overlays({ ...request, instance: definition.instance, groups: tmpl });
  throwProblems([...unknownTargets(layers, definition), ...eachProblems(layers.each, definition)]);
  const templates = createTemplates({ ...request, overlays: layers });
  const extras = createRenderer(layers.extra, { plain: true });
  const version = versionFile(request);
  const treeOf = treesOnce();
  const trees = definition.hosts.map(async (host) => {
    const [extra, rendered] = await Promise.all([
      extras.tree({ context: NOTHING, targets: host.targets }),
      templates.parts(host),
    ]);
    const parts: Part[] = [...copy(host), { from: "extra/", tree: extra }, ...rendered, version];
    return { host: host.name, ...treeOf(parts, definition.view(host)) };
  });
  const done = await settled(trees);
  throwProblems(done.flatMap(({ problems }) => problems));
  const copies: HostCopy[] = [];
  const all = done.map(({ tree }) => tree);
  const known = knownOf(all, digests);
  for (const { host, tree } of done) {
    const same = copies.find((copy) => isSameTree(copy.tree, tree));
    copies.push(same === undefined ? await toHostCopy({ host, tree }, { known }) : { ...same, host });
  }
  rememberDigests(all, { ...digests, known });
  return copies;
}

/** `extra/` is copied and sees nothing. */
const NOTHING = {};

interface Made {
  readonly tree: Tree;
  readonly problems: readonly FacsimileError[];
}

/** Hosts that get the same parts by the same rules share their tree: it is made once. */
function treesOnce(): (parts: readonly Part[], values: InstanceValues) => Made {
  const made: { parts: readonly Part[]; rules: string; result: Made }[] = [];
  return (parts, values) => {
    const { files, deploy } = values;
    const rules = JSON.stringify([files, deploy.exclude, deploy.shared]);
    const same = made.find((one) => one.rules === rules && areSameParts(one.parts, parts));
    if (same !== undefined) return same.result;
    const result = treeOf(parts, values);
    made.push({ parts, rules, result });
    return result;
  };
}

function areSameParts(some: readonly Part[], others: readonly Part[]): boolean {
  const isSame = ({ from, tree }: Part, other: Part | undefined) =>
    other?.from === from && isSameTree(tree, other.tree);
  return some.length === others.length && some.every((part, index) => isSame(part, others[index]));
}

function treeOf(parts: readonly Part[], { files = [], deploy }: InstanceValues): Made {
  const merged = mergeParts(parts);
  const finished = finishTree(withoutExcluded(merged.tree, deploy), files);
  return {
    tree: withSharedParents(finished.tree, deploy.shared ?? []),
    problems: [...merged.problems, ...finished.problems],
  };
}

/** What the Python tool's rsync left out is no part of a release. */
function withoutExcluded(tree: Tree, { exclude }: InstanceValues["deploy"]): Tree {
  const globs = excludedGlobs(exclude?.rsync ?? []);
  if (globs.length === 0) return tree;
  const isExcluded = picomatch(globs.flatMap((glob) => [glob, `${glob}/**`]), { dot: true }); // biome-ignore format: one line
  return new Map([...tree].filter(([name]) => !isExcluded(name)));
}

/** Of the same contents, not only of equal ones: what hosts share is hashed, packed and compared once. */
function isSameTree(one: Tree, other: Tree): boolean {
  return one === other || hasSameNodes(one, other);
}

function hasSameNodes(one: Tree, other: Tree): boolean {
  if (one.size !== other.size) return false;
  for (const [name, a] of one) {
    const b = other.get(name);
    if (a === b) continue;
    if (b === undefined || a.type !== b.type) return false;
    if (a.type === "link" ? a.target !== (b as typeof a).target : a.mode !== (b as typeof a).mode) return false;
    if (a.type === "file" && a.content !== (b as typeof a).content) return false;
  }
  return true;
}

function versionFile({ project, version }: AssembleRequest): Part {
  const content = { bytes: Buffer.from(`${version}\n`) };
  return {
    from: "the version file",
    tree: new Map([[`etc/${project}.version`, { type: "file", mode: 0o644, content, secrets: [] }]]),
  };
}

async function toHostCopy({ host, tree }: { host: string; tree: Tree }, options: HashOptions): Promise<HostCopy> {
  const manifest = await manifestOf(tree, options);
  const secrets = new Set([...tree.values()].flatMap((node) => (node.type === "file" ? node.secrets : [])));
  return { host, tree, manifest, treeId: treeId(manifest), secrets: [...secrets].sort() };
}
