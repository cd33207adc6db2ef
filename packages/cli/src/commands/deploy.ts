import type { DeployReport, HostFilter, HostReport } from "@facsimile/pipeline";
import { askerFor } from "../ask-deploy.ts";
import { givenOptions, meantWords } from "../confirm.ts";
import { EXIT, exitOf } from "../exit.ts";
import { follow, printJson } from "../follow.ts";
import type { Invocation } from "../invocation.ts";
import { openWorld } from "../open-world.ts";
import { hostFilterOf, hostFilterText, srcDirOf } from "../options.ts";
import { deployText } from "../text/deploy.ts";
import { againText } from "../text/deploy-end.ts";
import { isBack, isStopped } from "../text/deploy-headline.ts";
import { stagesText } from "../text/stages.ts";
import type { Typed } from "../text/typed.ts";
import type { World } from "../world.ts";

export interface DeployOptions extends HostFilter {
  readonly set?: readonly string[];
  readonly yes?: true;
  readonly adopt?: true;
  readonly allowDeletes?: true;
  readonly acceptRollback?: true;
  readonly skipLibcheck?: true;
  readonly resume?: string;
  readonly onlyFailed?: true;
  readonly srcDir?: string;
  readonly start?: string;
  readonly end?: string;
  readonly only?: string;
}

export interface DeployInvocation extends Invocation<DeployOptions> {
  readonly instance: string;
  readonly projects: readonly string[];
}

/** Deploys, and says of every host how it ended. */
export async function deployCommand({ instance, projects, options, world, run }: DeployInvocation): Promise<void> {
  const pipeline = await openWorld(world, { options, run });
  const { startDeploy, startStages } = await import("@facsimile/pipeline");
  const { set, yes, adopt, allowDeletes, acceptRollback, skipLibcheck, resume, onlyFailed, start, end, only } = options;
  const request = { instance, projects, set, srcDir: srcDirOf(options, world), stages: { start, end, only } };
  if ((end ?? only ?? "deploy") !== "deploy") {
    const done = await follow(startStages(request, pipeline), { world, run });
    if (options.json) printJson(done, world);
    else world.print(stagesText(done, "deployed"));
    return;
  }
  const asker = yes || options.json ? undefined : askerFor(world, meantWords({ instance, projects, options }));
  const command = ["facs deploy", instance, ...projects, ...givenOptions(options)].join(" ");
  const allowed = { yes, adopt, allowDeletes, acceptRollback, skipLibcheck };
  const chosen = { resume, onlyFailed, filter: hostFilterOf(options) };
  const asked = { ...request, ...allowed, ...chosen, command, confirm: asker?.confirm };
  const typed = { command, ...typedWith(options) };
  const again = (name: string) => `${againText({ instance, run: name }, typed)}, or the same command`;
  const report = await follow(startDeploy(asked, pipeline), { world, run, again });
  if (asker?.isDeclined()) {
    run.status = EXIT.failed;
    return world.tell("Nothing was changed.\n");
  }
  if (options.json) printJson(report, world);
  else world.print(deployText(report, world.style, typed));
  run.status = endStatus(report, world);
}

/** A run that goes on with another one has hosts of its own. */
function typedWith({ resume, onlyFailed, set, srcDir, root, ...options }: DeployInvocation["options"]): Typed {
  const { adopt, allowDeletes, acceptRollback, skipLibcheck, ...filter } = options;
  return {
    allowed: { adopt, allowDeletes, acceptRollback, skipLibcheck },
    chosen: resume === undefined && onlyFailed === undefined ? hostFilterText(filter) : "",
    set,
    srcDir,
    root,
  };
}

/** The exit status of a deploy or a rollback. */
export function endStatus(
  { outcome, hosts }: Pick<DeployReport, "outcome" | "hosts">,
  { signal }: Pick<World, "signal">,
): number {
  if (signal.aborted && outcome === "failed" && isCutShort(hosts)) return EXIT.interrupted;
  if (outcome === "done" || outcome === "unchanged") return EXIT.done;
  if (outcome === "partial") return EXIT.partial;
  const statuses = hosts.flatMap(({ problem }) => (problem === undefined ? [] : [exitOf(problem)]));
  return [EXIT.integrity, EXIT.conflict].find((status) => statuses.includes(status)) ?? EXIT.failed;
}

/** It was stopped; else it had switched when somebody asked, and failed by itself later. */
function isCutShort(hosts: readonly HostReport[]): boolean {
  return !hosts.some(isBack) && (hosts.some(isStopped) || !hosts.some(({ outcome }) => outcome === "failed"));
}
