import { existsSync } from "node:fs";
import path from "node:path";
import { FacsimileError, throwProblems } from "@facsimile/core";
import type { PipelineContext } from "../context.ts";
import { tryGit } from "../git.ts";

/** Whose a key is, as its user id says: `Robin <robin@example.org>`. */
export interface Identity {
  readonly name?: string | undefined;
  readonly email?: string | undefined;
}

/** What was given; else as git names an author: `GIT_AUTHOR_NAME` and `GIT_AUTHOR_EMAIL`, then its configuration; then `USER`. */
export async function identityOf(
  given: Identity,
  { exec, root, env }: PipelineContext,
): Promise<{ readonly name: string; readonly email?: string }> {
  const cwd = existsSync(root) ? root : path.dirname(root);
  const ask = async (key: string) => (await tryGit(["config", key], { exec, cwd })).stdout;
  const name = given.name || env["GIT_AUTHOR_NAME"] || (await ask("user.name")) || env["USER"] || "operator";
  const email = given.email || env["GIT_AUTHOR_EMAIL"] || (await ask("user.email"));
  return { name: name.replace(UNFIT, ""), ...(ADDRESS.test(email) ? { email } : {}) };
}

/** @throws `USAGE` for what no user id of a key can hold */
export function refuseUnfit({ name, email }: Identity): void {
  const isUnfit = name !== undefined && (name.trim() === "" || name.search(UNFIT) >= 0);
  throwProblems([
    ...(isUnfit ? [new FacsimileError("USAGE", "--name: expected a name without < and >, on one line", HINT)] : []),
    ...(email === undefined || ADDRESS.test(email) ? [] : [new FacsimileError("USAGE", "--email: expected an address", HINT)]),
  ]); // biome-ignore format: one line each
}

/** RFC 9580, 5.11: a user id is a name, and an address between angle brackets. */
const UNFIT = /[<>\p{C}\p{Zl}\p{Zp}]/gu;
/** What OpenPGP.js takes as one. */
const ADDRESS = /^[^\p{C}\p{Z}@<>\\]+@[^\p{C}\p{Z}@<>\\]+[^\p{C}\p{Z}\p{P}]$/u;

const HINT = { hint: 'facs init --name "Robin Doe" --email robin@example.org' };
