import { FacsimileError } from "@facsimile/core";
import type { WantedProject } from "../instance/outline.ts";
import type { CheckoutRequest } from "./checkout.ts";

/** Where a project's sources come from. @throws `NO_SOURCE` */
export function repositoryOf({ project, version, definition }: WantedProject): CheckoutRequest {
  const described = definition.values.projects?.[project];
  const position = definition.origin(["projects", project, "repo"])?.position;
  if (described?.repo !== undefined)
    return { project, version, repo: described.repo, subfolder: described.path, position };
  throw new FacsimileError("NO_SOURCE", `projects.${project} names no repository`, {
    position: definition.origin(["projects", project])?.position,
    hint: `Set projects.${project}.repo to what git can clone.`,
  });
}
