import { expect, it } from "vitest";
import { parseJournal } from "./journals.ts";

const line = (more: object) => `${JSON.stringify({ at: "2026-11-22T09:31:02.000Z", ...more })}\n`;
const projects = [{ project: "shop", version: "1.1.0", release: "3f9c1e7" }];
const start = line({ facsimile: "run/1", run: "r", instance: "staging" });
const begin = start + line({ event: "begin", projects, hosts: ["a", "b", "c", "d", "e", "f"] });
const events = [
  { event: "unreachable", host: "a", code: "HOST_UNREACHABLE", message: "no" },
  { event: "unchanged", host: "b" },
  { event: "switched", host: "c" },
  { event: "confirmed", host: "c" },
  { event: "failed", host: "d", code: "UNHEALTHY", message: "no" },
  { event: "reverted", host: "d" },
  { event: "reverted", host: "e" },
  { event: "staged", host: "f" },
]
  .map(line)
  .join("");
const known = { a: "unreachable", b: "unchanged", c: "done", d: "failed", e: "reverted", f: "not tried" };

it("knows of a killed run how far each host came, also when its last line is cut", () => {
  for (const cut of ["", "{", '{"at":"2026', line({ event: "confirmed", host: "f" }).slice(0, -3)]) {
    const run = parseJournal("r", begin + events + cut);
    expect(Object.fromEntries(run.hosts)).toEqual(known);
    expect(run).toMatchObject({ run: "r", at: "2026-11-22T09:31:02.000Z", format: "run/1", projects });
  }
});

it("believes the end of a run that came to one", () => {
  const hosts = [
    { host: "f", outcome: "done" },
    { host: "g", outcome: "skipped" },
  ];
  const run = parseJournal("r", begin + events + line({ event: "end", outcome: "partial", hosts }));
  expect(Object.fromEntries(run.hosts)).toEqual({ ...known, f: "done", g: "skipped" });
});

it.each([
  { event: "begin", projects, hosts: "web1.eu" },
  { event: "begin", projects: [null], hosts: ["a"] },
  { event: "begin", projects: {}, hosts: ["a"] },
  { event: "begin", projects, hosts: ["a"], set: "x=y" },
  { event: "end", outcome: "done", hosts: [{ host: 7 }] },
  { event: "confirmed", host: { name: "a" } },
])("tells the line of %j, and believes nothing of it", (odd) => {
  const run = parseJournal("r", start + line(odd) + line({ event: "confirmed", host: "a" }));
  expect(run).toMatchObject({ damaged: 2, projects: [] });
  expect([...run.hosts]).toEqual([["a", "done"]]);
  expect(parseJournal("r", begin + events).damaged).toBeUndefined();
});

it("knows nothing of a run that was killed before it began, and passes over what it does not know", () => {
  expect(parseJournal("r", "")).toEqual({
    run: "r",
    at: "",
    format: "",
    action: "deploy",
    projects: [],
    set: [],
    hosts: new Map(),
    isEnded: false,
  });
  expect(parseJournal("r", start).projects).toEqual([]);
  const odd = `${begin}null\n7\n${line({ event: "danced", host: "a" })}${line({ event: "wave", wave: 1, of: 2 })}`;
  expect(parseJournal("r", odd).hosts.get("a")).toBe("not tried");
});
