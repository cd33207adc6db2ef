import type { ListedRelease, ReleaseListing } from "@facsimile/pipeline";
import { momentText } from "./release-words.ts";
import { bytes, columns, count, type Style } from "./style.ts";
import { short } from "./words.ts";

/** One line a release, newest first; what is not to be trusted comes after. */
export function releasesText({ instance, releases }: ReleaseListing, style: Style): string {
  if (releases.length === 0) return `${instance}: no release lies here. Make one: facs build ${instance}\n`;
  const good = releases.filter(({ problem }) => problem === undefined);
  const bad = releases.filter(({ problem }) => problem !== undefined);
  const lines = [...columns(good.map(cells), { indent: 0 }), ...bad.flatMap((release) => badLines(release, style))];
  return `${lines.join("\n")}\n`;
}

function cells({ project, release, version = "", built = "", builder, ...rest }: ListedRelease): string[] {
  const { definition, bytes: size = 0 } = rest;
  const by = builder?.userId ?? builder?.fingerprint ?? "";
  const of = definition !== undefined && "commit" in definition ? definition.commit.slice(0, 7) : "uncommitted";
  return [short(release), project, version, momentText(built), bytes(size), of, by, runsText(rest)];
}

function runsText({ hosts = [], runsOn = [] }: Pick<ListedRelease, "hosts" | "runsOn">): string {
  if (runsOn.length === 0) return "";
  return runsOn.length === hosts.length ? `on ${allText(hosts.length)}` : `on ${runsOn.join(" ")}`;
}

function allText(hosts: number): string {
  return hosts === 1 ? "its host" : `all its ${count(hosts, "host")}`;
}

function badLines({ project, release, problem }: ListedRelease, { red, bad }: Style): string[] {
  const hint = problem?.hint === undefined ? [] : [`  ${problem.hint.replaceAll("\n", "\n  ")}`];
  return [`${red(bad)} ${short(release)}  ${project}  ${problem?.message}`, ...hint];
}
