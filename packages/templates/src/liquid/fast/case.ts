import { type CaseTag, type Template, type Token, toValue, toValueSync, type Value } from "liquidjs";
import { operators } from "../operators.ts";
import { operandOf } from "./operand.ts";
import type { RenderTemplates, Step } from "./step.ts";
import { compileValue } from "./value.ts";

interface Parts {
  readonly value: Value;
  readonly branches: readonly { readonly values: readonly Token[]; readonly templates: Template[] }[];
  readonly elseTemplates: Template[];
}

/** `{% case %}`: every branch that has an equal value, as in LiquidJS; but equal as `==` has it here, so that no secret is. */
export function caseStep(tag: CaseTag, render: RenderTemplates): Step {
  const { value, branches, elseTemplates } = tag as unknown as Parts;
  const evaluate = compileValue(value);
  const compiled = branches.map(({ values, templates }) => ({ templates, values: values.map(operandOf) }));
  return (context, emitter) => {
    const target: unknown = toValue(evaluate(context, true));
    let isHit = false;
    for (const { values, templates } of compiled) {
      if (!values.some((one) => isEqual(target, one(context, true)))) continue;
      isHit = true;
      render(templates, context, emitter);
    }
    if (!isHit) render(elseTemplates, context, emitter);
  };
}

function isEqual(left: unknown, right: unknown): boolean {
  const equals = operators["=="] as ((left: unknown, right: unknown) => unknown) | undefined;
  return toValueSync(equals?.(left, right) as IterableIterator<unknown>) === true;
}
