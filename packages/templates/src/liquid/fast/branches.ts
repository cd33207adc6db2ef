import { type IfTag, isTruthy, type Template, toValue, type UnlessTag, type Value } from "liquidjs";
import type { RenderTemplates, Step } from "./step.ts";
import { compileValue } from "./value.ts";

interface Branch {
  readonly value: Value;
  /** Only of `unless`, whose first branch is taken when its value is false. */
  readonly test?: typeof isTruthy;
  readonly templates: Template[];
}

/** `{% if %}` and `{% unless %}`: the first branch whose value is as it wants it. */
export function branchesStep(tag: IfTag | UnlessTag, render: RenderTemplates): Step {
  const { branches, elseTemplates = [] } = tag as unknown as { branches: Branch[]; elseTemplates?: Template[] };
  const compiled = branches.map(({ value, test = isTruthy, templates }) => ({
    ...{ test, templates },
    evaluate: compileValue(value),
  }));
  return (context, emitter) => {
    for (const { evaluate, test, templates } of compiled) {
      if (test(toValue(evaluate(context, true)), context)) return void render(templates, context, emitter);
    }
    render(elseTemplates, context, emitter);
  };
}
