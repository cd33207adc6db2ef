import { isSecretRef, type Value } from "@facsimile/definitions";
import type { Answer } from "@facsimile/pipeline";
import { placeText } from "./diff.ts";
import { columns } from "./style.ts";
import { cut, valueText } from "./value.ts";

/** A value for scripts: a scalar as it is, a map or list as JSON, a reference to a secret by its name. */
export function plainText(value: Value): string {
  if (isSecretRef(value)) return `secret ${value.$secret}\n`;
  if (typeof value === "object" && value !== null) return `${JSON.stringify(value, null, 2)}\n`;
  return `${String(value)}\n`;
}

/** One line for each instance: its value, and where that was set. */
export function tableText(answers: readonly Answer[]): string {
  const rows = answers.map(({ instance, found, problems }) => {
    if (found !== undefined) return [instance, cut(valueText(found.value)), placeText(found)];
    return [instance, problems.length > 0 ? "cannot be read" : "not set"];
  });
  return columns(rows, { indent: 0 }).map((row) => `${row}\n`).join(""); // biome-ignore format: one line
}
