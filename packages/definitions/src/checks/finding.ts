import { didYouMean, formatPath, type KeyPath, meantOr } from "@facsimile/core";
import { kindOf, type Value } from "../value.ts";

/** Something wrong with a definition, before anyone looked up where it was written. */
export interface Finding {
  readonly code: string;
  readonly path: KeyPath;
  readonly part?: "key" | "value";
  readonly message: string;
  readonly hint?: string | undefined;
}

/** More than these are neither compared with a slip nor listed. */
const MAX_COMPARED = 200;
const MAX_LISTED = 40;

/** Of names that a user can make any number of, the one that `word` was probably meant to be. */
export function nearest(word: string, known: readonly Value[]): string | undefined {
  return didYouMean(
    word,
    known.slice(0, MAX_COMPARED).filter((name) => typeof name === "string"),
  );
}

/** `known`: the keys that mean something there. */
export function unknownKey(path: KeyPath, known: readonly string[]): Finding {
  const hint = meantOr(nearest(path.at(-1) ?? "", known), listed(known));
  return { code: "UNKNOWN_KEY", path, part: "key", message: `there is no key ${formatPath(path)}`, hint };
}

function listed(known: readonly string[]): string {
  if (known.length === 0) return "No key means anything here.";
  const others = known.length - MAX_LISTED;
  return `Known here: ${known.slice(0, MAX_LISTED).join(", ")}${others > 0 ? ` and ${others} others` : ""}.`;
}

export function badKey(path: KeyPath, expected: string): Finding {
  const message = `${formatPath(path)} is not allowed as a key; expected ${expected}`;
  return { code: "INVALID_VALUE", path, part: "key", message };
}

export interface Wrong {
  readonly path: KeyPath;
  /** Undefined where nothing is, but something must be. */
  readonly value: Value | undefined;
  /** `a list of hosts` */
  readonly expected: string;
}

export function wrongValue({ path, value, expected }: Wrong): Finding {
  const shown = formatPath(path);
  if (value === undefined) {
    return { code: "INVALID_VALUE", path, message: `${shown} is missing; expected ${expected}` };
  }
  const wantsList = expected.startsWith("a list");
  const what = typeof value === "string" && !wantsList ? JSON.stringify(value.slice(0, 60)) : kindOf(value);
  const hint = wantsList && typeof value === "string" ? `Write [${JSON.stringify(value)}].` : undefined;
  return { code: "INVALID_VALUE", path, message: `${shown} is ${what}; expected ${expected}`, hint };
}

interface Unknown {
  readonly code: string;
  readonly path: KeyPath;
  readonly known: readonly string[];
  readonly what: string;
  /** Default: the last key of the path. */
  readonly name?: string;
}

export function unknown({ code, path, known, what, name }: Unknown): Finding {
  const shown = name ?? path.at(-1) ?? "";
  const near = didYouMean(shown, known);
  const all = known.length === 0 ? `There is no ${what}.` : `Expected one of: ${known.join(", ")}.`;
  return {
    code,
    path,
    ...(name === undefined ? { part: "key" as const } : {}),
    message: `${formatPath(path)} names ${JSON.stringify(shown)}, but there is no such ${what}`,
    hint: near === undefined ? all : `${all} Did you mean ${near}?`,
  };
}
