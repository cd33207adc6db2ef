import { type LintReport, lint } from "@facsimile/definitions";
import { EXIT } from "../exit.ts";
import { printJson } from "../follow.ts";
import type { Invocation } from "../invocation.ts";
import { openConglomerate } from "../open-world.ts";
import { lintText } from "../text/lint.ts";

export interface LintInvocation extends Invocation<{ readonly exitCode?: true }> {}

/** Says all that is wrong or odd in the definitions of every instance. */
export async function lintCommand({ options, world, run }: LintInvocation): Promise<void> {
  const conglomerate = await openConglomerate(world, { options, run });
  const report = await lint(conglomerate, { env: world.env });
  if (options.json) printJson(document(report), world);
  else world.print(lintText(report, { style: world.style, root: conglomerate.root }));
  if (report.problems.length > 0) run.status = EXIT.failed;
  else if (options.exitCode && report.findings.length > 0) run.status = EXIT.differences;
}

function document({ problems, ...rest }: LintReport): object {
  const plain = problems.map(({ error: { code, message, hint, position }, instances }) => {
    return { code, message, hint, position, instances };
  });
  return { schema: "lint/1", problems: plain, ...rest };
}
