import { didYouMean, FacsimileError, isFacsimileError, meantOr, problemsOf } from "@facsimile/core";
import { landing } from "./landing.ts";
import { createLibrary } from "./library.ts";
import { LIMITS, type Limits } from "./limits.ts";
import type { Engine } from "./liquid/engine.ts";
import { layBeside, layOver, type Made, type MadeTree } from "./merge.ts";
import { type Overlay, type OverlayEntry, readOverlay } from "./overlay.ts";
import { throwFound } from "./problems.ts";
import { templateText } from "./source.ts";
import type { Layer, Tree, TreeNode } from "./types.ts";

export interface RendererOptions {
  /** Copy everything as it is. Default `false`. */
  readonly plain?: boolean;
  /** Layers of files that are only included, weak to strong, beside the overlay's own `_LIB_/`. Default: none. */
  readonly lib?: readonly Layer[];
  /** Whose files templates may include besides; its own of a path come first. Default: none. */
  readonly includes?: Overlay | undefined;
  /** Default: {@link LIMITS}. */
  readonly limits?: Partial<Limits>;
}

export interface TreeRequest {
  /**
   * What templates see, by name. The same object again means: the same values again, and what was rendered is used
   * again. `Secret` leaves are revealed only where they are printed or filtered.
   */
  readonly context: object;
  /** The host's targets. */
  readonly targets: readonly string[];
  /** What templates under `_HOST_/` see besides. */
  readonly hostContext?: { readonly host: object };
}

export interface FileRequest {
  readonly context: object;
  /** For a path under `_HOST_/`. */
  readonly hostContext?: { readonly host: object };
}

export interface Renderer {
  /**
   * What one host gets: `_DEPLOY_/`, over it `_TARGET_/<each of its targets>/`, over that `_HOST_/`.
   *
   * @throws All that is wrong with any of its files: `TEMPLATE_…`, each with its place.
   */
  tree(request: TreeRequest): Promise<Tree>;
  /**
   * One file of the overlay, by its path there, also such as no host gets.
   *
   * @throws As {@link Renderer.tree}; `TEMPLATE_NOT_FOUND` for a path that is no file of the overlay.
   */
  file(path: string, request: FileRequest): Promise<TreeNode>;
}

/** Renders the trees of an overlay. LiquidJS is loaded when the first file needs it. */
export function createRenderer(overlay: Overlay, options: RendererOptions = {}): Renderer {
  const places = byPlace(overlay);
  const make = createMaker(overlay, options);
  const shared = new WeakMap<object, Map<string, Promise<Part>>>();

  const once = (context: object, place: string, values: () => object): Promise<Part> => {
    const parts = shared.get(context) ?? new Map<string, Promise<Part>>();
    shared.set(context, parts);
    const part = parts.get(place) ?? makePart(places.get(place), { make, values: values() });
    parts.set(place, part);
    return part;
  };

  return {
    async tree({ context, targets, hostContext }) {
      const deploy = await once(context, "deploy", () => context);
      const each = await Promise.all(
        [...new Set(targets)].map((target) => once(context, `target ${target}`, () => ({ ...context, target }))),
      );
      const host = await makePart(places.get("host"), { make, values: { ...context, ...hostContext } });
      const beside: MadeTree = new Map();
      const problems = [deploy, ...each, host].flatMap((part) => part.problems);
      for (const { tree } of each) problems.push(...(await layBeside(beside, tree)));
      throwFound(problems);
      const tree: MadeTree = new Map(deploy.tree);
      layOver(tree, beside);
      layOver(tree, host.tree);
      return new Map([...tree].map(([path, { node }]) => [path, node]));
    },

    async file(path, { context, hostContext }) {
      const entry = overlay.entries.get(path);
      if (entry === undefined || entry.type === "dir") throw notFound(path, overlay);
      const place = landing(path);
      const more = place.on === "target" ? { target: place.name } : place.on === "host" ? hostContext : {};
      const { node, problems } = await make(entry, { ...context, ...more });
      throwFound(problems);
      return node;
    },
  };
}

interface Part {
  readonly tree: MadeTree;
  readonly problems: readonly FacsimileError[];
}

interface MadeNode {
  readonly node: TreeNode;
  readonly problems: readonly FacsimileError[];
}

type Make = (entry: OverlayEntry, values: object) => Promise<MadeNode>;

interface Placed {
  readonly path: string;
  readonly entry: OverlayEntry;
}

async function makePart(
  placed: readonly Placed[] = [],
  { make, values }: { make: Make; values: object },
): Promise<Part> {
  const tree = new Map<string, Made>();
  const problems: FacsimileError[] = [];
  for (const { path, entry } of placed) {
    try {
      const made = await make(entry, values);
      problems.push(...made.problems);
      tree.set(path, { node: made.node, name: entry.name });
    } catch (error) {
      if (!isFacsimileError(error)) throw error;
      problems.push(...problemsOf(error));
    }
  }
  return { tree, problems };
}

function createMaker(overlay: Overlay, { plain = false, limits, ...options }: RendererOptions): Make {
  const texts = new Map<string, string | undefined>();
  let loading: Promise<Loaded> | undefined;
  return async (entry, values) => {
    const { type, mode, source, target } = entry;
    if (type === "dir") return { node: { type, mode }, problems: [] };
    if (type === "link") return { node: { type, target: target ?? "" }, problems: [] };
    const copy: MadeNode = { node: { type, mode, content: { file: source }, secrets: [] }, problems: [] };
    if (plain) return copy;
    if (!texts.has(entry.path)) texts.set(entry.path, templateText(entry));
    const text = texts.get(entry.path);
    if (text === undefined) return copy;
    loading ??= load(overlay, { ...options, limits: { ...LIMITS, ...limits } });
    const { engine, nameOf } = await loading;
    const rendering = engine.render(text, { file: entry.path, values });
    const { secrets } = rendering;
    const bytes = Buffer.from(rendering.text);
    const node: TreeNode = { type, mode: secrets.length > 0 ? 0o600 : mode, content: { bytes }, secrets };
    return { node, problems: rendering.problems.map((problem) => named(problem, nameOf)) };
  };
}

interface Loaded {
  readonly engine: Engine;
  readonly nameOf: (file: string) => string;
}

type Loading = Pick<RendererOptions, "lib" | "includes"> & { readonly limits: Limits };

async function load(overlay: Overlay, { lib = [], includes, limits }: Loading): Promise<Loaded> {
  const [{ createEngine }, partials] = await Promise.all([import("./liquid/engine.ts"), readOverlay(lib)]);
  const library = createLibrary([partials, ...(includes === undefined ? [] : [includes]), overlay]);
  return { engine: createEngine({ library, limits }), nameOf: library.nameOf };
}

// The engine knows files by their path in the overlay; people by the folder they lie in.
function named(problem: FacsimileError, nameOf: (file: string) => string): FacsimileError {
  const { code, message, hint, cause, position } = problem;
  if (position === undefined) return problem;
  return new FacsimileError(code, message, { hint, cause, position: { ...position, file: nameOf(position.file) } });
}

function byPlace({ entries }: Overlay): Map<string, Placed[]> {
  const places = new Map<string, Placed[]>();
  for (const entry of entries.values()) {
    const place = landing(entry.path);
    if (place.path === "") continue;
    const key = place.on === "target" ? `target ${place.name}` : place.on;
    const placed = places.get(key) ?? [];
    places.set(key, placed);
    placed.push({ path: place.path, entry });
  }
  return places;
}

function notFound(path: string, { entries }: Overlay): FacsimileError {
  const files = [...entries.values()].filter(({ type }) => type !== "dir").map((entry) => entry.path);
  return new FacsimileError("TEMPLATE_NOT_FOUND", `there is no template ${JSON.stringify(path)}`, {
    hint: meantOr(
      didYouMean(path, files) ?? files.find((file) => file.endsWith(`/${path}`)),
      "Paths begin below tmpl/<instance>/ and its like.",
    ),
  });
}
