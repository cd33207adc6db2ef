import { type Expression, type Token, toValueSync } from "liquidjs";
import type { StrictContext } from "../context.ts";
import { type Evaluate, operandOf } from "./operand.ts";

/** An expression in postfix form: operands, and operators that take one or two of them. */
export function expressionOf(expression: Expression): Evaluate {
  const { postfix } = expression as unknown as { postfix: Token[] };
  const [first, ...others] = postfix;
  if (first !== undefined && others.length === 0) return operandOf(first);
  const steps = postfix.map((token) => ("operator" in token ? operation(String(token.operator)) : operand(token)));
  return (context, lenient) => {
    const stack: unknown[] = [];
    for (const step of steps) step(stack, { context, lenient });
    return stack[0];
  };
}

interface Evaluating {
  readonly context: StrictContext;
  readonly lenient: boolean;
}

type StackStep = (stack: unknown[], evaluating: Evaluating) => void;

function operand(token: Token): StackStep {
  const evaluate = operandOf(token);
  return (stack, { context, lenient }) => void stack.push(evaluate(context, lenient));
}

function operation(name: string): StackStep {
  const direct = DIRECT[name];
  return (stack, { context }) => {
    const right = stack.pop();
    const left = name === "not" ? undefined : stack.pop();
    if (direct !== undefined && isPlain(left) && typeof left === typeof right) {
      stack.push(direct(left as string, right as string));
      return;
    }
    const operator = (context.opts.operators as Record<string, (...args: unknown[]) => unknown>)[name];
    const result = name === "not" ? operator?.(right, context) : operator?.(left, right, context);
    stack.push(toValueSync(result as IterableIterator<unknown>));
  };
}

function isPlain(value: unknown): boolean {
  return typeof value === "number" || typeof value === "string";
}

/** Two numbers, or two texts, need none of LiquidJS's rules. */
const DIRECT: Readonly<Record<string, ((left: string, right: string) => boolean) | undefined>> = Object.assign(
  Object.create(null),
  {
    "==": (left: string, right: string) => left === right,
    "!=": (left: string, right: string) => left !== right,
    "<": (left: string, right: string) => left < right,
    "<=": (left: string, right: string) => left <= right,
    ">": (left: string, right: string) => left > right,
    ">=": (left: string, right: string) => left >= right,
  },
);
