import { compareBytes } from "@facsimile/core";
import type { HostStatus, StatusReport } from "@facsimile/pipeline";
import { momentText } from "./release-words.ts";
import { authorText } from "./status.ts";
import { columns, count, type Style } from "./style.ts";
import { harmless } from "./value.ts";
import { groupBy, hostProblem, short } from "./words.ts";

/** Every run that hosts confirmed, newest first: which release, by whom, on how many hosts. */
export function historyText({ hosts, people }: StatusReport, style: Style): string {
  const entries = hosts.flatMap(({ host, projects }) =>
    projects.flatMap(({ project, history }) => history.map((entry) => ({ host, project, ...entry }))),
  );
  const runs = [...groupBy(entries, ({ run, project, release, action }) => JSON.stringify([run, project, release, action])).values()]; // biome-ignore format: one line
  const began = new Map([...entries].sort((a, b) => compareBytes(b.at, a.at)).map(({ run, at }) => [run, at]));
  const order = ([first]: readonly Entry[]) => `${began.get(first?.run ?? "")} ${first?.run} ${first?.project}`;
  const rows = runs.sort((a, b) => compareBytes(order(b), order(a))).map((run) => cells(run, people));
  const unasked = hosts.flatMap((host) => unaskedLine(host, style));
  const lines = rows.length === 0 ? ["nothing was deployed yet"] : columns(rows, { indent: 0 });
  return `${[...lines.map(harmless), ...unasked].join("\n")}\n`;
}

interface Entry {
  readonly host: string;
  readonly project: string;
  readonly release: string;
  readonly version: string;
  readonly run: string;
  readonly by: string;
  readonly at: string;
  readonly action: string;
}

function cells(entries: readonly Entry[], people: StatusReport["people"]): string[] {
  const [{ at, run, action, project, version, release, by }] = entries as [Entry];
  const hosts = entries.map(({ host }) => host);
  const where = hosts.length > 3 ? count(hosts.length, "host") : hosts.join(" ");
  return [momentText(at), run, action, project, version, short(release), authorText(by, people), where];
}

function unaskedLine({ host, problem, down }: HostStatus, { yellow }: Style): string[] {
  if (problem !== undefined) return [`${yellow("!")} ${hostProblem(host, problem)}`];
  return down === undefined ? [] : [`${yellow("!")} ${host} was not asked: ${harmless(down)}`];
}
