import { isSecret } from "@facsimile/core";
import { Drop, defaultOperators } from "liquidjs";
import { Fault } from "../problems.ts";

type Operator = (left: unknown, right: unknown, context: unknown) => boolean;

const LOGIC: ReadonlySet<string> = new Set(["and", "or", "not"]);

/** LiquidJS's operators, but that a secret is equal, like or below nothing: what would silently be false is a fault. */
export const operators: typeof defaultOperators = Object.fromEntries(
  Object.entries(defaultOperators).map(([name, operator]) => [
    name,
    LOGIC.has(name) ? operator : guarded(operator as Operator),
  ]),
);

function guarded(operator: Operator): (left: unknown, right: unknown) => boolean {
  return (left: unknown, right: unknown, context?: unknown) => {
    if ((isSecret(left) && !isAbsence(right)) || (isSecret(right) && !isAbsence(left))) throw compared();
    return operator(left, right, context);
  };
}

// nil, blank, empty
function isAbsence(value: unknown): boolean {
  return value instanceof Drop || value === null || value === undefined;
}

export function compared(): Fault {
  const hint = "Only its absence can be tested: {% if secret %}.";
  return new Fault("TEMPLATE_VALUE", "a secret cannot be compared", hint);
}
