import { isUtf8 } from "node:buffer";
import { readFileSync } from "node:fs";
import { errnoOf, type FacsimileError, isFacsimileError } from "@facsimile/core";
import type { OverlayEntry } from "./overlay.ts";
import { Fault, fileProblem } from "./problems.ts";

/**
 * The text of a file that holds something to render; `undefined` for one that is copied: binary, or plain text. Read
 * synchronously: for many small files the trips to the thread pool take longer than the reading.
 */
export function templateText(entry: OverlayEntry): string | undefined {
  const text = textOf(readSync(entry));
  return text !== undefined && /\{[{%#]/.test(text) ? text : undefined;
}

/** The text of a file that a template includes. @throws a fault for what is no text. */
export function partialText(entry: OverlayEntry): string {
  const text = entry.type === "file" ? textOf(readForInclude(entry)) : undefined;
  if (text === undefined) throw new Fault("TEMPLATE_NOT_FOUND", `${entry.name} is no text that can be included`);
  return text;
}

function textOf(bytes: Buffer): string | undefined {
  return bytes.includes(0) || !isUtf8(bytes) ? undefined : bytes.toString();
}

function readForInclude(entry: OverlayEntry): Buffer {
  try {
    return readSync(entry);
  } catch (error) {
    throw isFacsimileError(error) ? new Fault(error.code, error.message) : error;
  }
}

function readSync(entry: OverlayEntry): Buffer {
  try {
    return readFileSync(entry.source);
  } catch (error) {
    throw unreadable(entry, error);
  }
}

function unreadable({ name }: OverlayEntry, error: unknown): FacsimileError {
  const errno = errnoOf(error);
  if (errno === undefined) throw error;
  return fileProblem("TEMPLATE_UNREADABLE", `${name} cannot be read: ${errno}`, "Check its owner and mode.", error);
}
