import fs from "node:fs/promises";
import path from "node:path";
import { compareBytes, sha256 } from "@facsimile/core";
import { formatManifest, hashTree } from "@facsimile/manifest";
import type { PipelineContext } from "../context.ts";
import type { Evaluation } from "../deploy/plan.ts";

/** What a release from uncommitted definitions is known by: a digest of the definition files read, and of all templates. */
export async function definitionDigest({ projects }: Evaluation, { root, own }: PipelineContext): Promise<string> {
  const read = [...new Set(projects.flatMap(({ definition }) => definition.files))].sort(compareBytes);
  const files = await Promise.all(
    read.map(async (file) => `${sha256(await fs.readFile(path.resolve(root, file)))}  ${file}\n`),
  );
  const folders = await Promise.all(["tmpl", "extra"].map((folder) => folderDigest(path.join(own, folder))));
  return sha256([...files, ...folders].join(""));
}

async function folderDigest(folder: string): Promise<string> {
  const there = await fs.stat(folder).catch(() => undefined);
  return there === undefined ? "" : formatManifest(await hashTree(folder));
}
