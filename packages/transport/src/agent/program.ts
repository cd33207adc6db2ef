import { FILES } from "./files.ts";
import { HOOK } from "./hook.ts";
import { LIBRARIES } from "./libraries.ts";
import { LISTING } from "./listing.ts";
import { LOCK } from "./lock.ts";
import { LOCK_FREE } from "./lock-free.ts";
import { LOOP } from "./loop.ts";
import { MIRROR } from "./mirror.ts";
import { MIRROR_WAY } from "./mirror-way.ts";
import { PLACE } from "./place.ts";
import { RELEASE } from "./release.ts";
import { RUN } from "./run.ts";
import { STAGE } from "./stage.ts";

/** The one program that every session runs, on hosts and here: `sh -c PROGRAM`. A constant: it never holds data. */
export const PROGRAM = withoutComments(
  [LOOP, PLACE, LISTING, LIBRARIES, FILES, LOCK, LOCK_FREE, STAGE, RELEASE, MIRROR, MIRROR_WAY, HOOK, RUN].join("\n"),
);

/** The program followed by its start, which nothing of a half-received text can reach. */
export const AGENT = `${PROGRAM}\nmain\n`;

/** As a word of a POSIX shell. Only for the constant above. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function withoutComments(text: string): string {
  return text.replace(/^ *# .*\n/gm, "").replace(/\n{2,}/g, "\n");
}
