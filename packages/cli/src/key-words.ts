import fs from "node:fs/promises";
import path from "node:path";
import { FacsimileError } from "@facsimile/core";
import type { KeyRequest } from "@facsimile/pipeline";

/** A key as it was typed: a fingerprint, also in groups, a file, or both. */
export async function keyWords(words: readonly string[], { cwd }: { readonly cwd: string }): Promise<KeyRequest> {
  const [name, second] = words.filter(isFile);
  const fingerprint = words.filter((word) => !isFile(word)).join(" ") || undefined;
  if (second !== undefined)
    throw new FacsimileError("USAGE", "one key at a time", {
      hint: "facs trust add FILE.asc, facs recipients add FILE.asc",
    });
  return name === undefined ? { fingerprint } : { fingerprint, file: { name, text: await readKey(name, cwd) } };
}

/** `--yes` confirms a key that was compared: its fingerprint was typed. @throws `USAGE` */
export function refuseUnnamed(
  { fingerprint, file }: KeyRequest,
  { yes, command }: { readonly yes: boolean | undefined; readonly command: string },
): void {
  if (!yes || fingerprint !== undefined || file === undefined) return;
  throw new FacsimileError("USAGE", "--yes needs the full fingerprint: a file alone could hold any key", {
    hint: `${command} ${file.name} FINGERPRINT … --yes`,
  });
}

// No fingerprint has one of these.
export function isFile(word: string): boolean {
  return /[/.]/.test(word);
}

async function readKey(name: string, cwd: string): Promise<string> {
  try {
    return await fs.readFile(path.resolve(cwd, name), "utf8");
  } catch (cause) {
    throw new FacsimileError("NO_PUBLIC_KEY", `${name} cannot be read: ${(cause as Error).message}`, {
      cause,
      hint: "Its owner can export it with: gpg --armor --export FINGERPRINT",
    });
  }
}
