import type { StatusReport } from "@facsimile/pipeline";
import { expect, it } from "vitest";
import { historyText } from "./history.ts";
import { createStyle } from "./style.ts";

/** `[run, project, at]` for each line of a host's history. */
function report(...hosts: readonly (readonly (readonly [run: string, project: string, at: string])[])[]): StatusReport {
  const listed = hosts.map((lines, index) => ({
    host: `web${index}`,
    region: undefined,
    projects: lines.map(([run, project, at]) => ({
      history: [{ run, project, at, release: "r", dir: "d", version: "1", by: "", action: "deploy" }],
      ...{ project, version: "1", release: "r", since: at, by: "", snapshot: "same" as const, moved: [] },
    })),
  }));
  return { schema: "status/1", instance: "dev", hosts: listed, people: [] } as unknown as StatusReport;
}

it("leaves out what another instance ran in the same place, where the line says so", async () => {
  const one = report(["aa", "bb", "cc"].map((run, i) => [run, "shop", `2026-01-01T10:0${i}:00.000Z`] as const));
  const whose = [undefined, "dev", "other"];
  const hosts = one.hosts.map(({ projects, ...host }) => ({ ...host, projects: projects.map((project, i) => ({ ...project, history: project.history.map((entry) => ({ ...entry, instance: whose[i] })) })) })); // biome-ignore format: one line
  const text = historyText({ ...one, hosts }, await createStyle({ colour: false, unicode: false }));
  expect([...text.matchAll(/ {2}(aa|bb|cc) {2}/g)].map(([, run]) => run)).toEqual(["bb", "aa"]);
});

it("says where somebody else took a place over", async () => {
  const one = report([["aa", "shop", "2026-01-01T10:00:01.000Z"]]);
  const projects = one.hosts.flatMap((host) => host.projects.map((project) => ({ ...project, owner: { instance: "other", project: "till" } }))); // biome-ignore format: one line
  const hosts = one.hosts.map((host) => ({ ...host, projects }));
  const text = historyText({ ...one, hosts }, await createStyle({ colour: false, unicode: false }));
  expect(text).toContain("\n! web0: the place of shop belongs to till of other now\n");
});

it("has the newest run first, by when it began on any host, also within one minute", async () => {
  const text = historyText(
    report(
      [["zz", "shop", "2026-01-01T10:00:01.000Z"], ["aa", "shop", "2026-01-01T10:00:30.000Z"]], // biome-ignore format: one line
      [["zz", "shop", "2026-01-01T10:00:40.000Z"], ["aa", "shop", "2026-01-01T10:00:50.000Z"]], // biome-ignore format: one line
    ),
    await createStyle({ colour: false, unicode: false }),
  );
  expect(text.split("\n").map((line) => line.split(/ {2,}/)[1])).toEqual(["aa", "zz", undefined]);
});
