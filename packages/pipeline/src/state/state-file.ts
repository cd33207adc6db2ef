import fs from "node:fs/promises";
import { errnoOf, FacsimileError } from "@facsimile/core";
import type { StateTarget } from "./target.ts";

/** The bytes that lie there now; `undefined` where there is no file. @throws `STATE_UNREADABLE` */
export async function readState({ path, name }: StateTarget): Promise<Buffer | undefined> {
  try {
    return await fs.readFile(path);
  } catch (cause) {
    if (errnoOf(cause) === "ENOENT") return undefined;
    throw new FacsimileError("STATE_UNREADABLE", `cannot read ${name}: ${(cause as Error).message}`, { cause });
  }
}

export function noState({ name, scope }: Pick<StateTarget, "name" | "scope">): FacsimileError {
  return new FacsimileError("NO_STATE", `there is no ${name}`, {
    hint: `The first deploy of an instance of ${scope} makes it.`,
  });
}
