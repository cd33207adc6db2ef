import type { StagesReport } from "@facsimile/pipeline";

/** What was done of each project, and what of all was not. */
export function stagesText({ instance, projects }: StagesReport, left: "deployed" | "sealed"): string {
  const lines = projects.map(({ project, version, stages }) => `  ${project} ${version}: ${stages.join(", ")}`);
  return [`${instance}: done, and nothing was ${left}`, ...lines, ""].join("\n");
}
