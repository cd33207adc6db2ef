import path from "node:path";
import { isFacsimileError } from "@facsimile/core";
import type { PipelineContext } from "../context.ts";
import { tryGit } from "../git.ts";
import { DRIVER, driverStatus } from "../state/driver.ts";
import { relativeTo } from "../state/publish.ts";
import { type Finding, ok, warning } from "./finding.ts";

/** Whether git keeps states as they are, and merges them by entries, in this clone. */
export async function repositoryFindings(context: PipelineContext): Promise<readonly Finding[]> {
  const driver = await driverStatus(context);
  if (driver === "no-git")
    return [warning("git", "the definitions are in no git repository", "git init, and commit them")];
  const [attributes, isThere] = await Promise.all([attributesOfStates(context), isInPath(context)]);
  const found = [
    ...(driver === "installed"
      ? []
      : [warning("git", "the merge driver of states is not installed in this clone", "facs init")]),
    ...(attributes["merge"] === DRIVER && attributes["text"] === "unset" ? [] : [unmarked(context)]),
  ];
  if (driver === "installed" && !isThere)
    found.push(
      warning(
        "git",
        "its merge driver of states is `facs`, which is not in your PATH",
        "Put the folder of facs into PATH.",
      ),
    );
  return found.length > 0 ? found : [ok("git", "merges states entry by entry, and leaves their bytes alone")];
}

/** The driver is a program that git starts by its name. */
async function isInPath({ exec, signal }: PipelineContext): Promise<boolean> {
  try {
    await exec("facs", ["--version"], { signal, timeout: 30 });
    return true;
  } catch (error) {
    if (isFacsimileError(error, "EXEC_NOT_FOUND")) return false;
    throw error;
  }
}

async function attributesOfStates({ root, own, ...context }: PipelineContext): Promise<Record<string, string>> {
  const file = path.join(own, "state", "any.json");
  const { stdout } = await tryGit(["check-attr", "-z", "merge", "text", "--", file], { ...context, cwd: root });
  const fields = stdout.split("\0"); // git-check-attr(1): path, attribute, value, again and again.
  return Object.fromEntries([0, 3].map((at) => [fields[at + 1], fields[at + 2]]));
}

function unmarked({ root, own }: PipelineContext): Finding {
  const file = relativeTo(root, path.join(own, ".gitattributes"));
  return warning("git", `${file} does not say how states are kept and merged`, `facs init, and commit ${file}`);
}
