import fs from "node:fs/promises";
import path from "node:path";
import { errnoOf, FacsimileError } from "@facsimile/core";
import type { Definition } from "@facsimile/definitions";
import type { Checkout } from "./checkout.ts";

/** Where the Python tool read what rsync was to leave alone on hosts. */
const FILE = "config/facsimile/exclude.rsync";

/**
 * Passing the file over would put files on hosts, and in a mirror remove some, that were left alone until then. It counts
 * as read where the definition has patterns, if only none.
 */
export async function excludeFile({
  source,
  definition,
}: {
  readonly source: Pick<Checkout, "dir">;
  readonly definition: Definition;
}): Promise<FacsimileError[]> {
  const { local, hosts, instance } = definition;
  const patterns = local ? undefined : await patternsIn(path.join(source.dir, FILE));
  if (patterns === undefined) return [];
  if (hosts.every((host) => definition.view(host).deploy.exclude?.rsync !== undefined)) return [];
  return [
    new FacsimileError("EXCLUDE_FILE", `${FILE} of the sources is not read, and ${instance.full} has no patterns in its place`, {
      hint: `Write them into the definition, as far as they are meant: deploy: { exclude: { rsync: ${patterns} } }`,
    }),
  ]; // biome-ignore format: a line for each
}

/** As a definition has them. rsync(1): lines that begin with `#` or `;` are comments, and so is what is empty. */
async function patternsIn(file: string): Promise<string | undefined> {
  try {
    const lines = (await fs.readFile(file, "utf8")).split(/\r?\n/).filter((line) => /^[^#;]/.test(line));
    return `[${lines.map((line) => JSON.stringify(line.replace(/^- /, ""))).join(", ")}]`;
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes(errnoOf(error) ?? "")) return undefined;
    throw error;
  }
}
