import path from "node:path";
import { type PipelineContext, workFolders } from "../context.ts";

/** Where a release lies: `RELEASE/<instance>/<project>/<release id>/`. */
export function releaseFolder(
  { instance, project, id }: { readonly instance: string; readonly project: string; readonly id: string },
  context: Pick<PipelineContext, "work">,
): string {
  return path.join(workFolders(context).releases, instance, project, id);
}

/** What is written beside a release until it is whole, and what it takes the place of. */
export const PARTIAL = ".seal-";

/** The places inside a release's folder. */
export function placesIn(folder: string) {
  const tree = (id: string) => path.join(folder, "trees", id);
  return {
    json: path.join(folder, "release.json"),
    signature: path.join(folder, "release.json.asc"),
    trees: path.join(folder, "trees"),
    tree,
    manifest: (id: string) => path.join(tree(id), "manifest"),
    sums: (id: string) => path.join(tree(id), "SHA256SUMS"),
    files: (id: string) => path.join(tree(id), "files"),
  };
}
