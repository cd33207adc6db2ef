import type { StagesReport } from "@facsimile/pipeline";

/** What was done of each project, and that no host knows of it. */
export function stagesText({ instance, projects }: StagesReport): string {
  const lines = projects.map(({ project, version, stages }) => `  ${project} ${version}: ${stages.join(", ")}`);
  return [`${instance}: done, and nothing was deployed`, ...lines, ""].join("\n");
}
