import path from "node:path";
import { didYouMean, FacsimileError, meantOr } from "@facsimile/core";
import { EXTENSIONS } from "../files/source-file.ts";
import { instancePart } from "./chain.ts";
import { type Conglomerate, defineRoot } from "./conglomerate.ts";
import type { LayerText, Root } from "./roots.ts";

/** What lies beside layers and is none: a list of modules, the user's schema. */
const NO_LAYERS: readonly string[] = ["modules", "schema"];

/** More than these are counted. */
const MAX_NAMES = 30;

/** What a layer may be called, for people: `Layers are facsimile, dev, staging; or name a file.` */
export function layersHint(conglomerate: Conglomerate): string {
  const names = namesIn(conglomerate);
  const more = names.length - MAX_NAMES;
  return `Layers are ${names.slice(0, MAX_NAMES).join(", ")}${more > 0 ? ` and ${more} more` : ""}; or name a file.`;
}

/** `facsimile`, then projects, instances and their parts in byte order. */
function namesIn(conglomerate: Conglomerate): readonly string[] {
  const names = defineRoot(conglomerate).names();
  return ["facsimile", ...names.filter((name) => name !== "facsimile" && !NO_LAYERS.includes(name))];
}

/**
 * A layer by its name, `dev.dev0` also where its file is called `dev0`, or by its file: absolute, or relative to the
 * conglomerate's root.
 *
 * @throws `UNKNOWN_LAYER`, and what reading the file throws
 */
export function layerNamed(name: string, conglomerate: Conglomerate): LayerText {
  const root = defineRoot(conglomerate);
  const named = NO_LAYERS.includes(name) ? undefined : root.layer(name);
  const found = named ?? layerIn(path.resolve(conglomerate.root, name), root) ?? partNamed(name, root);
  if (found !== undefined) return found;
  throw unknown(name, conglomerate);
}

/** Undefined for a file that is not there, lies elsewhere, or is no layer. */
function layerIn(file: string, root: Root): LayerText | undefined {
  const base = root.layer("facsimile");
  if (base?.source.path === undefined) return undefined;
  if (base.source.path === file) return base;
  const relative = path.relative(path.dirname(base.source.path), file);
  const isElsewhere = relative.startsWith("..") || path.isAbsolute(relative);
  return isElsewhere || NO_LAYERS.includes(bare(relative)) ? undefined : root.parent(`./${relative}`, base);
}

/** `dev.dev0` by its short name. */
function partNamed(name: string, root: Root): LayerText | undefined {
  const parts = name.split(".");
  return parts.length > 1 ? instancePart(root, parts) : undefined;
}

/** Without its ending. */
function bare(file: string): string {
  return file.replace(new RegExp(`\\.(?:${EXTENSIONS.join("|")})$`), "");
}

function unknown(name: string, conglomerate: Conglomerate): FacsimileError {
  if (NO_LAYERS.includes(bare(path.basename(name)))) {
    const hint = "Edit the file by hand. What a layer says of a module goes into modules.<name>.";
    return new FacsimileError("UNKNOWN_LAYER", `${name} is no layer: no instance inherits it as it is`, { hint });
  }
  const hint = meantOr(didYouMean(name, namesIn(conglomerate)), layersHint(conglomerate));
  return new FacsimileError("UNKNOWN_LAYER", `there is no layer ${name}`, { hint });
}
