import { formatProblem } from "@facsimile/core";
import type { Origin, ProjectOrigins, RenderedProject, WrittenTrees } from "@facsimile/pipeline";
import { bytes, columns, count } from "./style.ts";
import { harmless } from "./value.ts";
import { groupBy } from "./words.ts";

/** Every path of the templates with the file that wins, hosts alike together. */
export function originsText(projects: readonly ProjectOrigins[]): string {
  const blocks = projects.flatMap(({ project, version, origins }) => {
    const landing = groupBy(
      origins.filter(({ lands }) => lands),
      ({ hosts }) => hosts.join(" "),
    );
    const demand = groupBy(
      origins.filter(({ lands }) => !lands),
      ({ hosts }) => hosts.join(" "),
    );
    return [
      [`${project} ${version}`],
      ...[...landing].map(([hosts, all]) => [`  ${hosts}`, ...rows(all)]),
      ...[...demand.values()].map((all) => [
        "  on no host: facs render prints them, or --out writes them",
        ...rows(all),
      ]),
      ...(origins.length === 0 ? [["  no templates"]] : []),
    ];
  });
  return `${blocks.map((block) => block.join("\n")).join("\n")}\n`;
}

function rows(origins: readonly Origin[]): string[] {
  const cells = origins.map(({ path, file, shadows }) => [harmless(path), harmless(file), over(shadows.length)]);
  return columns(cells, { indent: 4 });
}

function over(hidden: number): string {
  return hidden === 0 ? "" : `over ${count(hidden, "file")}`;
}

/** Which file gives a path, and what it hides, the strongest first. */
export function whyText(projects: readonly ProjectOrigins[]): string {
  const blocks = projects.flatMap(({ project, origins }) =>
    origins.map(({ path, file, shadows, hosts, lands }) => [
      `${harmless(path)} of ${project}${lands ? ` on ${hosts.join(" ")}` : ", which lands on no host"}`,
      ...columns([[harmless(file), "wins"], ...shadows.map((one) => [harmless(one), "hidden"])]),
    ]),
  );
  return `${blocks.map((block) => block.join("\n")).join("\n\n")}\n`;
}

/** What stands in the folder now. */
export function writtenText(
  projects: readonly RenderedProject[],
  { files, bytes: size, dir, reveal = false }: WrittenTrees & { dir: string; reveal?: boolean | undefined },
): string {
  const hosts = new Set(projects.flatMap((one) => one.hosts.map(({ host }) => host))).size;
  const named = projects.map(({ project, version }) => `${project} ${version}`).join(", ");
  const what = `${count(files, "file")} of ${named} for ${count(hosts, "host")}, ${bytes(size)}`;
  return `${harmless(dir)}: ${what}${reveal ? ", with secrets: readable by you alone" : ", secrets masked"}\n`;
}

/** What could not be rendered by itself; nothing when there is none. */
export function leftOutText(projects: readonly RenderedProject[]): string {
  const lines = projects.flatMap(({ project, leftOut }) =>
    leftOut.map(({ path, problems: [first] }) => {
      const why = first === undefined ? "" : `: ${formatProblem(first).split("\n")[0]}`;
      return `warning: ${harmless(path)} of ${project} lands on no host and is left out, as it cannot be rendered by itself${why}\n`;
    }),
  );
  return lines.join("");
}
