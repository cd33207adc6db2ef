import type { Output } from "liquidjs";
import { printed } from "../values.ts";
import type { Step } from "./step.ts";
import { compileValue } from "./value.ts";

/** `{{ … }}`. The last filter is the one that LiquidJS puts there for `outputEscape`: ours, which is called as it is. */
export function outputStep({ value }: Output): Step {
  const evaluate = compileValue({ initial: value.initial, filters: value.filters.slice(0, -1) });
  return (context, emitter) => emitter.write(printed(evaluate(context, false), context.session));
}
