import type { Phase } from "@facsimile/pipeline";
import { expect, it } from "vitest";
import { progress } from "./progress.ts";
import { createStyle } from "./style.ts";

const style = await createStyle({ colour: false, unicode: false });
const wave = (name: string, ...hosts: string[]) => ({ name, hosts });
const run = { type: "run", run: "20261122-0931-4f2a", instance: "staging" } as const;
const host = (name: string, phase: Phase) => ({ type: "host", host: name, phase }) as const;

it("shows nothing before hosts are worked on, then how many are how far", () => {
  const { note, lines } = progress(style);
  note({ type: "checkout", project: "shop", version: "1" });
  expect(lines(3)).toEqual([]);
  note({ ...run, hosts: 2, policy: "together" });
  for (const name of ["a", "b"]) note(host(name, "locked"));
  note(host("a", "staged"));
  note(host("b", "failed"));
  expect(lines(67.9)).toEqual([
    "staging  run 20261122-0931-4f2a  1:07",
    "  staged   ############............  1/2",
    "  switch   waiting (policy: together)",
    "  1 host failed",
  ]);
});

it("shows which wave is under way, how far it is, and that it soaks", () => {
  const { note, lines } = progress(style);
  const waves = [wave("eu", "a"), wave("database", "b", "c"), wave("the others", "d")];
  note({ ...run, hosts: 4, policy: "rolling", waves });
  for (const name of ["a", "b", "c", "d"]) note(host(name, "staged"));
  for (const phase of ["switched", "confirmed"] as const) note(host("a", phase));
  note({ type: "wave", wave: 2, of: 3, name: "database", hosts: 2, max: 1 });
  note(host("b", "switched"));
  note(host("b", "confirmed"));
  note({ type: "soak", wave: 2, of: 3, seconds: 60 });
  expect(lines(7).slice(1)).toEqual([
    "  staged   ########################  4/4",
    "  switched ############............  2/4",
    "  ok 1/3 eu  1/1",
    "  -> 2/3 database  1/2  soak 60 s",
    "     3/3 the others  0/1",
  ]);
});

it("has never more than 12 lines", () => {
  const { note, lines } = progress(style);
  const waves = Array.from({ length: 50 }, (_, index) => wave(`w${index + 1}`, `h${index + 1}`));
  note({ ...run, hosts: 50, policy: "rolling", waves });
  note(host("h1", "failed"));
  const counts = waves.map(({ name }, index) => {
    note({ type: "wave", wave: index + 1, of: 50, name, hosts: 1, max: undefined });
    expect(lines(1).some((line) => line.includes(`-> ${index + 1}/50 ${name} `))).toBe(true);
    return lines(1).length;
  });
  expect(Math.max(...counts)).toBeLessThanOrEqual(12);
  expect(lines(1)).toContain("     44 waves before");
});
