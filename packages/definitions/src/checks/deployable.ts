import { FacsimileError, throwProblems } from "@facsimile/core";
import type { Definition } from "../types.ts";

/**
 * Refuses a definition that may be looked at but not deployed: without `home`, or for a project without a version.
 *
 * @throws `HOME_MISSING`, `VERSION_MISSING`
 */
export function requireDeployable({ instance, project, values }: Definition): void {
  const problems: FacsimileError[] = [];
  if (values.home === undefined) {
    const hint = 'Set it in define/facsimile.json5, e.g. home: "shop" (below the login home) or "/srv/shop".';
    problems.push(
      new FacsimileError("HOME_MISSING", `${instance.full} does not say where releases go: home is not set`, { hint }),
    );
  }
  if (project !== undefined && values.versions?.[project] === undefined) {
    const hint = `Name it: facs deploy ${instance.full} ${project}@1.0.0`;
    problems.push(new FacsimileError("VERSION_MISSING", `${instance.full} has no version of ${project}`, { hint }));
  }
  throwProblems(problems);
}
