import { didYouMean, FacsimileError, formatPath, isFacsimileError, type KeyPath, meantOr, type Position, throwProblems } from "@facsimile/core"; // biome-ignore format: one line
import type { Definition, Warning } from "../types.ts";
import { covers, leadsOn, type PathPattern, parsePattern } from "./path-pattern.ts";

/** Where a pattern is declared. */
interface Place {
  readonly definition: Definition;
  readonly path: KeyPath;
}

/** A path of `compare.ignore`; `place` is undefined where the caller gave it. */
export type IgnoredPath = PathPattern & { readonly place: Place | undefined };

/**
 * What the definitions declare as `compare.ignore`, and what the caller adds, each once.
 *
 * @throws `INVALID_VALUE` for each declared one that is no path, `BAD_PATH` for one of `more`
 */
export function ignoredPaths(definitions: readonly Definition[], more: readonly string[] = []): readonly IgnoredPath[] {
  const problems: FacsimileError[] = [];
  const declared = definitions.flatMap((definition) =>
    (definition.values.compare?.ignore ?? []).flatMap((text, index): IgnoredPath[] => {
      const place = { definition, path: ["compare", "ignore", String(index)] };
      try {
        return [{ ...parsePattern(text), place }];
      } catch (error) {
        if (!isFacsimileError(error, "BAD_PATH")) throw error;
        problems.push(badPattern(error, place));
        return [];
      }
    }),
  );
  throwProblems(problems);
  const given = more.map((text): IgnoredPath => ({ ...parsePattern(text), place: undefined }));
  const all = [...declared, ...given];
  const ids = all.map(({ keys }) => JSON.stringify(keys));
  return all.filter((_, index) => ids.indexOf(ids[index] ?? "") === index);
}

function badPattern({ message, hint, cause }: FacsimileError, place: Place): FacsimileError {
  return new FacsimileError("INVALID_VALUE", `compare.ignore: ${message}`, {
    hint,
    cause,
    position: positionOf(place),
  });
}

/** A warning for each that covers none of the paths. */
export function idleWarnings(patterns: readonly IgnoredPath[], paths: readonly KeyPath[]): readonly Warning[] {
  return patterns.filter((pattern) => !paths.some((path) => covers(pattern, path))).map((idle) => warning(idle, paths));
}

function warning({ place, ...pattern }: IgnoredPath, paths: readonly KeyPath[]): Warning {
  return {
    code: "COMPARE_IDLE",
    message: `compare.ignore: ${pattern.text} covers no value of either side`,
    hint: idleHint(pattern, paths),
    position: place && positionOf(place),
  };
}

function idleHint(pattern: PathPattern, paths: readonly KeyPath[]): string {
  const whole = paths.find((path) => leadsOn(pattern, path));
  if (whole !== undefined) return `${formatPath(whole)} is one value: cover it as a whole.`;
  const known = new Set(paths.flatMap((path) => path.map((_, index) => formatPath(path.slice(0, index + 1)))));
  return meantOr(didYouMean(pattern.text, known), "Take it out, or mend it.");
}

function positionOf({ definition, path }: Place): Position | undefined {
  return definition.origin(path)?.position;
}
