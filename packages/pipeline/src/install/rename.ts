import { createRequire } from "node:module";
import path from "node:path";
import { FacsimileError, type Position } from "@facsimile/core";
import type { RE2JS } from "re2js";
import type { CopyContext, CopyGroup } from "./copy-group.ts";

const require = createRequire(import.meta.url);

// Large, and few groups rename anything.
const loadRe2 = (): typeof RE2JS => (require("re2js") as typeof import("re2js")).RE2JS;

export interface Renamer {
  /** Where a file lands that without a pattern lands at `landing`. @throws `INSTALL_OUTSIDE` for a place that is none */
  place(file: string, landing: string): string;
  /** The pattern has matched no file so far. */
  isIdle: boolean;
}

/**
 * Where what a group names lands. A pattern is matched with the file's path, in which sources and build always lie in the
 * same place: what a machine calls its folders reaches no release.
 *
 * @throws `INSTALL_PATTERN`
 */
export function renamer({ pattern, replace = "" }: CopyGroup, context: CopyContext): Renamer {
  if (pattern === undefined) return { place: (_file, landing) => inside(landing, context), isIdle: false };
  const variables = placed(context);
  const compiled = compile(substitute(pattern, { variables, quote: true }), context);
  // The seed's way to name a group is Python's, \1.
  const replacement = substitute(replace, { variables }).replace(/\\(\d)/g, "$$$1");
  assertGroups(replacement, { compiled, position: context.position });
  return {
    isIdle: true,
    place(file, landing) {
      const matcher = compiled.matcher(inPlace(file, context));
      if (!matcher.find()) return inside(landing, context);
      this.isIdle = false;
      return inside(away(matcher.replaceFirst(replacement)), context);
    },
  };
}

export function substitute(
  text: string,
  { variables, quote = false }: Pick<CopyContext, "variables"> & { quote?: boolean },
): string {
  return text.replace(/\$([A-Z_]+)\$/g, (whole, name: string) => {
    const value = variables[name];
    if (value === undefined) return whole;
    return quote ? loadRe2().quote(value) : value;
  });
}

export function compile(pattern: string, { position }: Pick<CopyContext, "position">): RE2JS {
  try {
    return loadRe2().compile(pattern);
  } catch (cause) {
    throw new FacsimileError("INSTALL_PATTERN", `${pattern} is not a pattern: ${(cause as Error).message}`, {
      cause,
      position,
      hint: "Patterns are RE2: no look-around, no back-references.",
    });
  }
}

const SRC = "/src";
const BUILD = "/build";

/** Where there is nothing to build, both are one folder. */
function placed({ variables }: CopyContext): CopyContext["variables"] {
  return { ...variables, BUILD_DIR: BUILD, SRC_DIR: variables.SRC_DIR === variables.BUILD_DIR ? BUILD : SRC };
}

function inPlace(file: string, context: CopyContext): string {
  const { variables } = context;
  const places = placed(context);
  for (const name of ["BUILD_DIR", "SRC_DIR"] as const) {
    if (file === variables[name]) return places[name];
    if (file.startsWith(`${variables[name]}/`)) return `${places[name]}${file.slice(variables[name].length)}`;
  }
  return file;
}

/** A pattern that matches further down leaves the way to the file in place, which says nothing of where it lands. */
function away(landing: string): string {
  const top = [SRC, BUILD].find((each) => landing.startsWith(`${each}/`));
  return top === undefined ? landing : landing.slice(top.length);
}

/** RE2 would leave a group that there is not in the path, as it is written. */
function assertGroups(
  replacement: string,
  { compiled, position }: { compiled: RE2JS; position: Position | undefined },
): void {
  const named = [...replacement.matchAll(/\$(\d)/g)].map(([, digit]) => Number(digit));
  const strange = named.find((group) => group > compiled.groupCount());
  if (strange === undefined) return;
  throw new FacsimileError(
    "INSTALL_PATTERN",
    `\`replace\` names group ${strange}; \`pattern\` has ${compiled.groupCount()}`,
    {
      position,
      hint: "Groups are the parts of the pattern in parentheses.",
    },
  );
}

function inside(landing: string, { position }: CopyContext): string {
  const clean = path.posix.normalize(landing).replace(/^\/+/, "").replace(/\/+$/, "");
  if (clean !== "" && clean !== "." && clean !== ".." && !clean.startsWith("../")) return clean;
  throw new FacsimileError("INSTALL_OUTSIDE", `${JSON.stringify(landing)} is no place inside the release`, {
    position,
    hint: "Mend `pattern` and `replace` of the group.",
  });
}
