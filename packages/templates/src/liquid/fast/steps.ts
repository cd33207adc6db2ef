import { AssignTag, CaseTag, ForTag, IfTag, Output, type Template, TypeGuards, toValueSync, UnlessTag } from "liquidjs";
import type { StrictContext } from "../context.ts";
import { assignStep } from "./assign.ts";
import { branchesStep } from "./branches.ts";
import { caseStep } from "./case.ts";
import { forStep } from "./for.ts";
import { outputStep } from "./output.ts";

/** What renders one piece of a template: LiquidJS's way through it, without a generator for each value. */
export type Step = (context: StrictContext, emitter: Emitter) => void;

export interface Emitter {
  buffer: string;
  write(text: unknown): void;
}

/** Renders a list of templates, as LiquidJS's renderer does. */
export type RenderTemplates = (templates: readonly Template[], context: StrictContext, emitter?: Emitter) => unknown;

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
