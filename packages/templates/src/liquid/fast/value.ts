import { type Filter, toValueSync, type Value } from "liquidjs";
import type { StrictContext } from "../context.ts";
import { expressionOf } from "./expression.ts";
import { type Evaluate, operandOf } from "./operand.ts";

/** `a | filter: b`. Its absence may be tested where `default` comes first. */
export function compileValue({ initial, filters }: Pick<Value, "initial" | "filters">): Evaluate {
  const evaluate = expressionOf(initial);
  const mayBeAbsent = filters[0]?.name === "default";
  if (filters.length === 0) return evaluate;
  const applied = filters.map(filterOf);
  return (context, lenient) => {
    let value = evaluate(context, lenient || mayBeAbsent);
    for (const apply of applied) value = apply(value, context);
    return value;
  };
}

type Apply = (value: unknown, context: StrictContext) => unknown;

function filterOf(filter: Filter): Apply {
  const { handler, liquid, token } = filter as unknown as {
    handler: (this: object, ...args: unknown[]) => unknown;
    liquid: object;
    token: object;
  };
  const args = filter.args.map((arg) => (Array.isArray(arg) ? named(arg[0], operandOf(arg[1])) : operandOf(arg)));
  return (value, context) => {
    const given = args.map((evaluate) => evaluate(context, false));
    return toValueSync(handler.call({ context, token, liquid }, value, ...given) as IterableIterator<unknown>);
  };
}

function named(name: string | undefined, evaluate: Evaluate): Evaluate {
  return (context) => [name, evaluate(context, false)];
}
