import fs from "node:fs/promises";
import path from "node:path";
import { throwProblems } from "@facsimile/core";
import { manifestOf, type Tree, treeId } from "@facsimile/manifest";
import { openKeyring } from "@facsimile/state";
import { copyGroup } from "../src/install/copy.ts";
import { type FileRule, finishTree } from "../src/install/finish.ts";
import { init } from "../src/people/init.ts";
import { trustOf } from "../src/people/trust.ts";
import { type Copy, type HostCopy, releaseId } from "../src/release/release.ts";
import type { SealContext } from "../src/release/seal.ts";
import { contextOf, folder } from "./world.ts";

/** What sealing needs, with a key that is trusted. */
export async function sealWorld(root?: string): Promise<SealContext> {
  const context = contextOf(root ?? (await folder()));
  await init(context);
  const [keyring, trust] = [await openKeyring(context), await trustOf({ scope: "dev" }, context)];
  return { ...context, keyring, trust, state: { scope: "dev", serial: 1 }, definition: { commit: "1".repeat(40) } };
}

/** What a host gets of a folder: installed as a group does, finished, hashed. */
export async function hostOf(
  host: string,
  { dir, rules = [] }: { dir: string; rules?: readonly FileRule[] },
): Promise<HostCopy> {
  const installed = await copyGroup({ dir: "." }, { variables: { SRC_DIR: dir, BUILD_DIR: dir } });
  const { tree, problems } = finishTree(installed, rules);
  throwProblems(problems);
  return hostWith(host, tree);
}

export async function hostWith(host: string, tree: Tree): Promise<HostCopy> {
  const manifest = await manifestOf(tree);
  return { host, tree, manifest, treeId: treeId(manifest), secrets: [] };
}

export function copyFor(hosts: readonly HostCopy[]): Copy {
  const named = { instance: "dev", project: "shop", version: "1" };
  const id = releaseId({ ...named, hosts: Object.fromEntries(hosts.map(({ host, treeId }) => [host, treeId])) });
  return { ...named, id, source: { commit: "2".repeat(40) }, hosts, hooks: { precmd: [], postcmd: [], health: [] } };
}

/** Every key of `keys/`, for gpg. */
export async function publicKeys({ root }: { readonly root: string }): Promise<readonly string[]> {
  const names = await fs.readdir(path.join(root, "keys"));
  return names.filter((name) => /^[0-9A-F]{40}\.asc$/.test(name)).map((name) => path.join(root, "keys", name));
}
