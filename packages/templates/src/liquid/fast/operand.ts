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
  const base = token.variable === undefined ? undefined : operandOf(token.variable);
  const pathOf = keysOf(token.props);
  return (context, lenient) => {
    const path = pathOf(context);
    let value: unknown = base === undefined ? context.scopeOf(path[0] ?? "") : base(context, lenient);
    for (let index = 0; index < path.length; index++) {
      const below = value;
      value = context.read(below, path[index] ?? "");
      if ((value !== undefined && below !== null) || !context.strictVariables) continue;
      if (lenient) return null;
      throw new UnknownVariable(path.slice(0, index + 1).map(String), token);
    }
    return value;
  };
}

/** The keys of a path: most are written out, and then made once. */
function keysOf(props: readonly Token[]): (context: StrictContext) => readonly string[] {
  const keys = props.map(operandOf);
  const evaluate = (context: StrictContext) => keys.map((key) => toValue(key(context, false)) as string);
  if (!props.every((prop) => "content" in prop)) return evaluate;
  const written = props.map((prop) => toValue((prop as Token & { content: unknown }).content) as string);
  return () => written;
}
