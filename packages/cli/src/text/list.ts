import type { ListedHost, ListedInstance, Listing } from "@facsimile/pipeline";
import { columns, count } from "./style.ts";
import { harmless } from "./value.ts";
import { groupBy, hostsText, labelled } from "./words.ts";

/** Projects and instances, a line each. */
export function listText({ projects, instances }: Listing): string {
  const projectRows = projects.map(({ project, repo = "", path, targets, definitions }) => [
    project,
    harmless(path === undefined ? repo : `${repo} in ${path}`),
    targets?.join(", ") ?? "any target",
    definitions === "source" ? "defined in its source" : "",
  ]);
  const instanceRows = instances.map((instance) =>
    instance.problems.length > 0
      ? [instance.instance, "cannot be read"]
      : [instance.instance, whereText(instance), targetsText(instance), versionsText(instance), flagsText(instance)],
  );
  const blocks = [
    ["projects", ...columns(projectRows)],
    ["instances", ...columns(instanceRows)],
    brokenLines(instances),
  ].filter((block) => block.length > 0);
  return `${blocks.map((block) => block.join("\n")).join("\n\n")}\n`;
}

/** One instance: every host, and the files of its definition. */
export function instanceText(instance: ListedInstance): string {
  const { instance: name, scope, hosts, versions } = instance;
  const flags = flagsText(instance);
  const title = [`${name}: ${whereText(instance)}`, `state ${scope}`, ...(flags === "" ? [] : [flags])].join(", ");
  const versionRows = columns(Object.entries(versions), { indent: 0 });
  const rows = [...groupBy(hosts, ({ region }) => region).values()].flat().map(hostCells);
  const blocks = [
    [title, ...labelled("versions", versionRows.length === 0 ? ["none"] : versionRows)],
    ["hosts", ...columns(rows)],
    ["definition, weakest first", ...columns(fileRows(instance))],
  ];
  return `${blocks.map((block) => block.join("\n")).join("\n\n")}\n`;
}

function whereText({ local, hosts }: ListedInstance): string {
  const down = hosts.filter((host) => host.down !== undefined).length;
  return `${local ? "this machine" : hostsText(hosts)}${down === 0 ? "" : `, ${down} down`}`;
}

/** `frontend 5, database 2` */
function targetsText({ local, hosts }: ListedInstance): string {
  if (local) return "";
  const names = [...new Set(hosts.flatMap(({ targets }) => targets))];
  return names.map((name) => `${name} ${hosts.filter(({ targets }) => targets.includes(name)).length}`).join(", ");
}

/** More than a line takes. */
const MAX_VERSIONS = 4;

function versionsText({ versions }: ListedInstance): string {
  const all = Object.entries(versions).map(([project, version]) => `${project} ${version}`);
  if (all.length === 0) return "no version";
  const more = all.length - MAX_VERSIONS;
  return more > 0 ? `${all.slice(0, MAX_VERSIONS).join(", ")} and ${more} more` : all.join(", ");
}

function flagsText({ protected: isProtected }: ListedInstance): string {
  return isProtected ? "protected" : "";
}

function brokenLines(instances: readonly ListedInstance[]): readonly string[] {
  const broken = instances.filter(({ problems }) => problems.length > 0);
  if (broken.length === 0) return [];
  return [`${count(broken.length, "instance")} cannot be read. facs lint says why.`];
}

function hostCells({ host, region = "", targets, user, address, port, system, down }: ListedHost): readonly string[] {
  const login = user === undefined ? "" : `${user}@`;
  const other = [system === "linux" ? "" : system, down === undefined ? "" : `down: ${down}`]
    .filter(Boolean)
    .join(", ");
  return [
    region,
    host,
    targets.join(", "),
    `${login}${address}${port === undefined ? "" : `:${port}`}`,
    harmless(other),
  ];
}

/** The files of a project stand where it reads them. */
function fileRows({ files, projectFiles = [] }: ListedInstance): readonly (readonly string[])[] {
  const own = (before: string | undefined) =>
    projectFiles
      .filter((each) => each.before === before)
      .flatMap((each) => each.files.map((file) => [harmless(file), `for ${each.project}`]));
  return [...files.flatMap((file) => [...own(file), [harmless(file)]]), ...own(undefined)];
}
