import type { BuildReport, BuiltRelease, BuiltTree } from "@facsimile/pipeline";
import { madeFrom } from "./release-words.ts";
import { bytes, columns, count, type Style } from "./style.ts";
import { short } from "./words.ts";

/** What was sealed, for which hosts, and where it lies. */
export function buildText({ instance, releases }: BuildReport, style: Style): string {
  const lines = releases.flatMap((release) => releaseLines(release, style));
  return `${lines.join("\n")}\n${next(instance)}\n`;
}

function releaseLines(built: BuiltRelease, style: Style): string[] {
  const { project, version, release, folder, isOld, trees } = built;
  const how = isOld ? "was sealed before, is whole" : "sealed";
  return [
    `${style.green(style.ok)} ${project} ${version} (${short(release)})   ${how}`,
    `    release  ${release}`,
    `    from     ${madeFrom(built)}`,
    ...columns(trees.map(treeCells), { indent: 4 }),
    `    in       ${folder}`,
  ];
}

function treeCells({ tree, hosts, files, bytes: size, secrets }: BuiltTree): string[] {
  const held = secrets.length === 0 ? "" : `, ${count(secrets.length, "secret")}`;
  return [`tree   `, short(tree), `${count(files, "file")}, ${bytes(size)}${held}`, hosts.join(" ")];
}

function next(instance: string): string {
  return `No host was asked. What a deploy would change: facs plan ${instance}`;
}
