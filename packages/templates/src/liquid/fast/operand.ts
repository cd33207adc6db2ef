import { evalToken, type Token, TypeGuards, toValue, toValueSync } from "liquidjs";
import { type StrictContext, UnknownVariable } from "../context.ts";

/** A value in a context. `lenient`: what does not exist is null. @throws {@link UnknownVariable} */
export type Evaluate = (context: StrictContext, lenient: boolean) => unknown;

/** A literal, a variable with its path; ranges and what else there is are LiquidJS's. */
export function operandOf(token: Token | undefined): Evaluate {
  if (token !== undefined && "content" in token) {
    const { content } = token;
    return () => content;
  }
  if (TypeGuards.isPropertyAccessToken(token)) return variableOf(token);
  return (context, lenient) => toValueSync(evalToken(token as never, context, lenient));
}

type PropertyAccess = Token & { readonly variable?: Token | undefined; readonly props: readonly Token[] };

function variableOf(token: PropertyAccess): Evaluate {
  const keys = token.props.map(operandOf);
  const base = token.variable === undefined ? undefined : operandOf(token.variable);
  return (context, lenient) => {
    const path = keys.map((key) => toValue(key(context, false)) as string);
    const scope = base === undefined ? context.scopeOf(path[0] ?? "") : base(context, lenient);
    return valueAt(scope, { path, token, context, lenient });
  };
}

interface Wanted {
  readonly path: readonly string[];
  readonly token: Token;
  readonly context: StrictContext;
  readonly lenient: boolean;
}

function valueAt(scope: unknown, { path, token, context, lenient }: Wanted): unknown {
  let value = scope;
  for (let index = 0; index < path.length; index++) {
    const below = value;
    value = context.read(below, path[index] ?? "");
    if (!context.strictVariables || (value !== undefined && below !== null)) continue;
    if (lenient) return null;
    throw new UnknownVariable(path.slice(0, index + 1).map(String), token);
  }
  return value;
}
