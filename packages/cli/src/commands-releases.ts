import type { Add, Invoke } from "./invocation.ts";
import { collect, SET, SRC_DIR, withStages } from "./options.ts";

/** Commands about what is sealed in `RELEASE/`. */
export function addReleases(add: Add, invoke: Invoke): void {
  withStages(add("build <instance> [project...]", "evaluate and seal releases; asks no host and changes no state"))
    .option(...SET, collect)
    .option(...SRC_DIR)
    .option("--accept-rollback", "use a state that is older than one you have seen, or replaced, or gone")
    .action(async (instance: string, projects: string[], _options, command) =>
      (await import("./commands/build.ts")).buildCommand({ instance, projects, ...invoke(command) }),
    );
  add("releases <instance> [project]", "the sealed releases that lie here, newest first").action(
    async (instance: string, project: string | undefined, _options, command) =>
      (await import("./commands/releases.ts")).releasesCommand({ instance, project, ...invoke(command) }),
  );
  add("prune <instance>", "remove sealed releases that no host runs and that are not among the newest; asks first")
    .option("--keep <number>", "how many of the newest of each project stay (default: deploy.keep)")
    .option("--yes", "do not ask")
    .action(async (instance: string, _options, command) =>
      (await import("./commands/prune.ts")).pruneCommand({ instance, ...invoke(command) }),
    );
  add("show <release> [other]", "a release in full, checked byte by byte; or how it differs from another")
    .usage("[options] <id | instance/project>\n       facs show [options] <id | instance/project> <other>")
    .option("--diff <other>", "the same as a second release")
    .action(async (release: string, other: string | undefined, _options, command) =>
      (await import("./commands/show.ts")).showCommand({ release, other, ...invoke(command) }),
    );
}
