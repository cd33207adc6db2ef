import type { Difference } from "@facsimile/manifest";

/** More paths than this are only counted. */
const NAMED = 3;

/** `etc/app.conf (changed), share/new (extra) and 4 more`. Pure. */
export function pathsText(differences: readonly Difference[]): string {
  const paths = differences.slice(0, NAMED).map(({ path, kind }) => `${path} (${kind})`);
  const more = differences.length > NAMED ? ` and ${differences.length - NAMED} more` : "";
  return `${paths.join(", ")}${more}`;
}
