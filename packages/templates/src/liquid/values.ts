import { isSecret } from "@facsimile/core";
import { toValue } from "liquidjs";
import { Fault } from "../problems.ts";
import type { Session } from "./context.ts";

/** How a value is printed: text, numbers and truth values as they are, null as nothing, a secret revealed. */
export function printed(value: unknown, session: Session): string {
  if (typeof value === "string") return value;
  const plain = toValue(value);
  return isSecret(plain) ? session.reveal(plain) : textOf(plain);
}

/** The text of a scalar. @throws a fault for maps and lists, which have none. */
export function textOf(value: unknown): string {
  const plain: unknown = toValue(value);
  if (plain === null || plain === undefined) return "";
  if (typeof plain !== "object" && typeof plain !== "function") return String(plain);
  const what = Array.isArray(plain) ? "a list" : "a map";
  const hint = Array.isArray(plain) ? "Go through it with {% for %}, or use | join or | json." : "Name the value in it, or use | json."; // biome-ignore format: one line
  throw new Fault("TEMPLATE_NOT_PRINTABLE", `${what} cannot be printed`, hint);
}
