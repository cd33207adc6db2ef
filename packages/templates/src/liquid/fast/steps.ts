import { AssignTag, CaseTag, ForTag, IfTag, Output, type Template, TypeGuards, toValueSync, UnlessTag } from "liquidjs";
import { assignStep } from "./assign.ts";
import { branchesStep } from "./branches.ts";
import { caseStep } from "./case.ts";
import { forStep } from "./for.ts";
import { outputStep } from "./output.ts";
import type { RenderTemplates, Step } from "./step.ts";

/** The step for a template. What is not among the usual ones is left to LiquidJS. */
export function stepOf(template: Template, render: RenderTemplates): Step {
  if (TypeGuards.isHTMLToken(template.token)) return htmlStep(template.token.getContent());
  if (template instanceof Output) return outputStep(template);
  if (template instanceof AssignTag) return assignStep(template);
  if (template instanceof ForTag) return forStep(template, render);
  if (template instanceof IfTag || template instanceof UnlessTag) return branchesStep(template, render);
  if (template instanceof CaseTag) return caseStep(template, render);
  return theirStep(template);
}

function htmlStep(text: string): Step {
  return (_context, emitter) => emitter.write(text);
}

function theirStep(template: Template): Step {
  return (context, emitter) => {
    const text: unknown = toValueSync(template.render(context, emitter) as IterableIterator<unknown>);
    if (text) emitter.write(text);
  };
}
