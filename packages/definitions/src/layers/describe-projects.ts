import { type ProjectName, parseProject } from "@facsimile/core";
import { entryOf, isList, type Value } from "../value.ts";
import { layersOf } from "./chain.ts";
import { type Conglomerate, defineRoot } from "./conglomerate.ts";
import { projectsIn } from "./projects.ts";

/** What is known of a project whichever its version and instance. */
export interface DescribedProject {
  readonly project: ProjectName;
  /** As the definition has it: relative to the root, or what git can clone. */
  readonly repo: string | undefined;
  /** Folder of the project within the repository; undefined for its root. */
  readonly path: string | undefined;
  /** The kinds of hosts it runs on; undefined where any will do. */
  readonly targets: readonly string[] | undefined;
  /** Where its definitions live. */
  readonly definitions: "source" | "conglomerate";
}

/** Every project of `define/facsimile.*`, in its order. What is wrong with one is passed over. */
export async function describeProjects(conglomerate: Conglomerate): Promise<readonly DescribedProject[]> {
  return Object.entries(projectsIn(layersOf(defineRoot(conglomerate), {}))).map(([name, value]) => {
    const targets = entryOf(value, "targets");
    return {
      project: parseProject(name),
      repo: textIn(value, "repo"),
      path: textIn(value, "path"),
      targets: isList(targets) ? targets.map(String) : undefined,
      definitions: textIn(value, "definitions") === "source" ? "source" : "conglomerate",
    };
  });
}

function textIn(value: Value, key: string): string | undefined {
  const found = entryOf(value, key);
  return typeof found === "string" ? found : undefined;
}
