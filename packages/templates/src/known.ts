import { didYouMean, formatPath, meantOr } from "@facsimile/core";
import { Fault } from "./problems.ts";

/** More paths than these are not searched for what may have been meant. */
const MANY = 2000;

const known = new WeakMap<object, readonly string[]>();

/**
 * The fault for a path that is not in `values`. `text` is what the template says: the path itself is never shown, since
 * a part of it may come from a value.
 */
export function unknownVariable(
  path: readonly string[],
  { text, values, locals }: { text: string; values: object; locals: readonly string[] },
): Fault {
  const message = `unknown variable ${text}`;
  const place = PLACES.get(path[0] ?? "");
  if (place !== undefined && path.length === 1) return new Fault("TEMPLATE_UNKNOWN_VARIABLE", message, place);
  const candidates = [...locals, ...pathsOf(values)];
  const hint = meantOr(
    (/^[\w$.-]+$/.test(text) ? nearest(text, candidates) : undefined) ?? nearest(formatPath(path), candidates),
    ABSENT,
  );
  return new Fault("TEMPLATE_UNKNOWN_VARIABLE", message, hint);
}

function nearest(path: string, candidates: readonly string[]): string | undefined {
  const near = didYouMean(path, candidates);
  if (near !== undefined) return near;
  const last = `.${path.slice(path.lastIndexOf(".") + 1)}`;
  const same = candidates.filter((candidate) => candidate.endsWith(last));
  return same.length === 1 ? same[0] : undefined;
}

function pathsOf(values: object): readonly string[] {
  const paths = known.get(values) ?? collect(values);
  known.set(values, paths);
  return paths;
}

// Breadth first: what is near the root is more often meant than what is deep.
function collect(values: object): string[] {
  const paths: string[] = [];
  let level: (readonly [readonly string[], object])[] = [[[], values]];
  while (level.length > 0 && paths.length < MANY) {
    const next: typeof level = [];
    for (const [base, object] of level) {
      for (const [key, value] of Object.entries(object)) {
        const path = [...base, key];
        paths.push(formatPath(path));
        if (isMap(value) && path.length < 8) next.push([path, value]);
      }
    }
    level = next;
  }
  return paths.slice(0, MANY);
}

function isMap(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

const ABSENT = "Where it may be absent, test it by {% if %} or give a value by | default.";

const PLACES: ReadonlyMap<string, string> = new Map([
  ["host", "host is known only in files under _HOST_/, which are rendered for each host."],
  ["target", "target is known only in files under _TARGET_/<target>/; targets lists all of a host."],
]);
