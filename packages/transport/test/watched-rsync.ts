import fs from "node:fs/promises";
import { tree } from "@facsimile/testing";
import { onTestFinished } from "vitest";

/** The real one, which notes how it ended and what it sent. */
const WATCHED = `#!/bin/sh
case $1 in --version) exec /usr/bin/rsync "$@" ;; esac
LC_ALL=C /usr/bin/rsync --stats "$@" > "$0.stats"
code=$?
{ echo "exit $code"; grep -E '^(Number of regular files transferred|Literal data):' "$0.stats"; echo; } >> "$0.log"
exit $code
`;

export interface RsyncRun {
  readonly exitCode: number;
  /** Files that it sent. */
  readonly files: number;
  /** Bytes of them that the host did not have. */
  readonly bytes: number;
}

/** This machine with an rsync that is watched; `runs`: each time that it copied, in order. */
export async function watchedRsync(): Promise<{ env: Record<string, string>; runs(): Promise<RsyncRun[]> }> {
  const folder = await tree({ rsync: { content: WATCHED, mode: 0o755 } }, { onFinished: onTestFinished });
  return {
    env: { ...(process.env as Record<string, string>), PATH: `${folder}:${process.env["PATH"]}` },
    runs: async () => {
      const log = await fs.readFile(`${folder}/rsync.log`, "utf8").catch(() => "");
      return log.split("\n\n").slice(0, -1).map(runOf);
    },
  };
}

function runOf(text: string): RsyncRun {
  const number = (pattern: RegExp) => Number(pattern.exec(text)?.[1]?.replaceAll(",", "") ?? Number.NaN);
  return {
    exitCode: number(/^exit (\d+)/),
    files: number(/transferred: ([\d,]+)/),
    bytes: number(/Literal data: ([\d,]+)/),
  };
}
