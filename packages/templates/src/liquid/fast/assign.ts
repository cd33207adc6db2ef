import type { AssignTag, Value } from "liquidjs";
import type { Step } from "./step.ts";
import { compileValue } from "./value.ts";

/** `{% assign name = … %}`. An unknown variable is no null here, as it is in LiquidJS. */
export function assignStep(tag: AssignTag): Step {
  const { key, value } = tag as unknown as { key: string; value: Value };
  const evaluate = compileValue(value);
  return (context) => {
    (context.bottom() as Record<string, unknown>)[key] = evaluate(context, false);
  };
}
