import path from "node:path";
import type { Content, Digest, HashOptions, Tree } from "@facsimile/manifest";
import { type Look, lookAt, readSeen, writeSeen } from "../seen.ts";

/** Digests of files in a folder by their paths in it. */
type Digests = Readonly<Record<string, Digest>>;

/** What is known of the files that trees take from one folder; see {@link rememberDigests}. */
export interface KnownDigests {
  readonly look: Look | undefined;
  readonly seen: Digests;
}

/** What was hashed when the folder looked as it does now. */
export function digestsOf(folder: string): KnownDigests {
  const look = lookAt(folder);
  return { look, seen: readSeen<Digests>(look, "digests") ?? {} };
}

/** The same by contents, as hashing takes it. */
export function knownOf(trees: readonly Tree[], { look, seen }: KnownDigests): NonNullable<HashOptions["known"]> {
  const known = new WeakMap<Content, Digest>();
  for (const { name, content } of filesIn(look?.folder, trees)) {
    const digest = Object.hasOwn(seen, name) ? seen[name] : undefined;
    if (digest !== undefined) known.set(content, digest);
  }
  return known;
}

/** Writes down what was hashed meanwhile: the look is older, so that whatever changed since is hashed again. */
export function rememberDigests(
  trees: readonly Tree[],
  { look, seen, known }: KnownDigests & { readonly known: WeakMap<Content, Digest> },
): void {
  const found = filesIn(look?.folder, trees).flatMap(({ name, content }) => {
    const digest = Object.hasOwn(seen, name) ? undefined : known.get(content);
    return digest === undefined ? [] : [[name, digest] as const];
  });
  if (found.length > 0) writeSeen(look, "digests", { ...seen, ...Object.fromEntries(found) });
}

function filesIn(folder: string | undefined, trees: readonly Tree[]): readonly { name: string; content: Content }[] {
  const prefix = `${folder}${path.sep}`;
  const nodes = [...new Set(trees)].flatMap((tree) => [...tree.values()]);
  const contents = new Set(nodes.flatMap((node) => (node.type === "file" ? [node.content] : [])));
  return [...contents].flatMap((content) => {
    const isIn = "file" in content && content.file.startsWith(prefix);
    return isIn ? [{ name: content.file.slice(prefix.length), content }] : [];
  });
}
