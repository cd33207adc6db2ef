import path from "node:path";
import { FacsimileError } from "@facsimile/core";
import type { Files } from "../files/files.ts";
import { folderRoot, type LayerText, type Root, singleFileRoot } from "./roots.ts";

/** A source's own definitions: the folder `config/facsimile/` or the file `config/facsimile.*`. @throws `LAYER_TWICE` */
export function sourceRoot(
  source: string,
  { files, kind = "source" }: { files: Files; kind?: Root["kind"] },
): Root | undefined {
  const config = path.join(source, "config");
  const [single, second] = files.list(config).get("facsimile") ?? [];
  const folder = path.join(config, "facsimile");
  const hasFolder = files.list(folder).size > 0;
  if (second !== undefined || (single !== undefined && hasFolder)) {
    const both = [single, second ?? `${folder}/`].map((file) => files.shown(file ?? "")).join(" and ");
    const hint = "Keep one of the two.";
    throw new FacsimileError("LAYER_TWICE", `the source's definitions are in two places: ${both}`, { hint });
  }
  if (single !== undefined) return singleFileRoot({ kind, dir: single, files });
  return hasFolder ? folderRoot({ kind, dir: folder, files }) : undefined;
}

/** The source's `config/install.*`, which comes after everything but `--set`. */
export function installText(source: string, files: Files): LayerText | undefined {
  return folderRoot({ kind: "source", dir: path.join(source, "config"), files }).layer("install");
}
