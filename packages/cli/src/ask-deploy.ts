import type { DeployRequest, Proposal } from "@facsimile/pipeline";
import type { World } from "./world.ts";

export interface DeployAsker {
  readonly confirm: NonNullable<DeployRequest["confirm"]>;
  /** Somebody said no. */
  readonly isDeclined: () => boolean;
}

/**
 * Shows what a deploy would do and asks for a word: yes, or the name of a protected instance. Undefined off a terminal.
 *
 * @param typed What a plan of the same is told.
 */
export function askerFor(
  { ask, tell, tellStyle: style }: Pick<World, "ask" | "tell" | "tellStyle">,
  typed: string,
): DeployAsker | undefined {
  if (ask === undefined) return undefined;
  let declined = false;
  const confirm = async ({ plan, isProtected, files }: Proposal): Promise<boolean> => {
    const { planText } = await import("./text/plan.ts");
    tell(planText(plan, style, { asks: true, typed }));
    const question = isProtected ? `Type ${plan.instance} to deploy, d for what changes in files: ` : "Deploy? [y/N, d for what changes in files] "; // biome-ignore format: one line
    for (;;) {
      const answer = (await ask(question)).trim();
      if (answer === "d" && plan.instance !== "d") {
        tell(await changesOf(files));
        continue;
      }
      declined = isProtected ? answer !== plan.instance : !/^y(es)?$/i.test(answer);
      return !declined;
    }
  };
  return { confirm, isDeclined: () => declined };

  async function changesOf(files: Proposal["files"]): Promise<string> {
    const { fileChangeLines } = await import("./text/plan-diffs.ts");
    const lines = fileChangeLines(await files(), style);
    return `${lines.length === 0 ? "No rendered file changes." : lines.join("\n")}\n`;
  }
}
