import type { GitPlace } from "../../git.ts";
import { type Address, environmentOf } from "./address.ts";
import { trySafeGit } from "./safe-git.ts";

/** What a version names. */
export interface Named {
  readonly kind: "tag" | "branch" | "commit";
  readonly commit: string;
}

/** What the repository says of a version. */
export type Answer =
  | { readonly answers: true; readonly tag?: string | undefined; readonly branch?: string | undefined }
  | { readonly answers: false; readonly why: string };

/** Asks the repository itself, over the network if need be, for the commits that a name has there. */
export async function ask(version: string, { address, ...place }: GitPlace & { address: Address }): Promise<Answer> {
  const refs = [`refs/tags/${version}`, `refs/tags/${version}^{}`, `refs/heads/${version}`] as const;
  const found = await lsRemote(refs, { address, ...place });
  if (!("refs" in found)) return { answers: false, why: found.why };
  // git-ls-remote(1): what an annotated tag leads to is listed as `<tag>^{}`.
  return { answers: true, tag: found.refs.get(refs[1]) ?? found.refs.get(refs[0]), branch: found.refs.get(refs[2]) };
}

/** Names of tags, the highest version first, and of branches. */
export async function namesAt(place: GitPlace & { address: Address }): Promise<{ tags: string[]; branches: string[] }> {
  const found = await lsRemote([], place);
  const names = "refs" in found ? [...found.refs.keys()].filter((name) => !name.endsWith("^{}")) : [];
  const below = (prefix: string) =>
    names.flatMap((name) => (name.startsWith(prefix) ? [name.slice(prefix.length)] : []));
  return { tags: below("refs/tags/"), branches: below("refs/heads/") };
}

async function lsRemote(
  refs: readonly string[],
  { address, ...place }: GitPlace & { readonly address: Address },
): Promise<{ refs: Map<string, string> } | { why: string }> {
  const args = ["ls-remote", "--sort=-version:refname", "--", address.url, ...refs];
  const { exitCode, stdout, stderr } = await trySafeGit(args, { ...place, env: environmentOf(address) });
  if (exitCode !== 0) return { why: stderr.trim() };
  const lines = stdout.split("\n").filter((line) => line !== "");
  return {
    refs: new Map(lines.map((line) => [line.slice(line.indexOf("\t") + 1), line.slice(0, line.indexOf("\t"))])),
  };
}
