import { parseInstance, parseProject } from "@facsimile/core";
import { conglomerateOf, resolve } from "@facsimile/definitions";
import { describe, expect, it } from "vitest";
import { ownStages, skipsCheckout, stageNames, stagesToRun } from "./stages.ts";

const NAMES = ["checkout", "build", "test", "install", "deploy"];

describe("the choice of stages", () => {
  it.each([
    [{}, NAMES],
    [{ end: "checkout" }, ["checkout"]],
    [{ only: "install" }, ["install"]],
    [{ start: "install", end: "install" }, ["install"]],
    [{ start: "build", end: "test" }, ["build", "test"]],
    [{ start: "test" }, ["test", "install", "deploy"]],
  ])("%j runs %j", (choice, expected) => {
    expect(stagesToRun(NAMES, choice)).toEqual(expected);
  });

  it.each([
    [{ start: "deploy", end: "build" }, "USAGE", "no stage is left: deploy comes after build"],
    [{ only: "build", end: "deploy" }, "USAGE", "--only names the one stage to run"],
    [{ only: "build", start: "build" }, "USAGE", "--only names the one stage to run"],
    [{ only: "nosuch" }, "UNKNOWN_STAGE", "there is no stage nosuch"],
    [{ start: "instal" }, "UNKNOWN_STAGE", "there is no stage instal"],
  ])("%j is refused", (choice, code, message) => {
    let error: unknown;
    try {
      stagesToRun(NAMES, choice);
    } catch (reason) {
      error = reason;
    }
    expect(error).toMatchObject({ code, message: expect.stringContaining(message) });
  });

  it("names the nearest stage, else all", () => {
    const hint = (only: string) => {
      try {
        stagesToRun(NAMES, { only });
      } catch (error) {
        return (error as { hint: string }).hint;
      }
      return undefined;
    };
    expect([hint("instal"), hint("nosuch")]).toEqual([
      "Did you mean install?",
      "Stages: checkout, build, test, install, deploy.",
    ]);
  });

  it("takes the sources that are here when it begins after the checkout", () => {
    const choices = [
      {},
      { end: "build" },
      { only: "checkout" },
      { start: "checkout" },
      { start: "build" },
      { only: "test" },
    ];
    expect(choices.map(skipsCheckout)).toEqual([false, false, false, false, true, true]);
  });
});

it("stages of a definition have their commands, variables, time and place", async () => {
  const texts = new Map([
    [
      "define/facsimile.json5",
      "{ projects: { a: { repo: 'x' }, b: { repo: 'x',\n stages: ['checkout', { name: 'lint', run: ['l'], env: { A: '1' }, timeout: 5 }, 'build', 'install',\n { name: 'scan', run: [['s']] }, 'deploy'] } } }",
    ],
    ["define/a.json5", "{ build: { run: ['make'], env: { B: '2' } } }"],
    ["define/b.json5", "{ build: { run: ['make'] } }"],
    ["define/dev.json5", "{}"],
  ]);
  const conglomerate = conglomerateOf(texts, { root: "/shop" });
  const [a, b] = await Promise.all(
    ["a", "b"].map((name) => resolve(conglomerate, { instance: parseInstance("dev"), project: parseProject(name) })),
  );
  if (a === undefined || b === undefined) throw new Error("no definition");
  expect(stageNames(a, "a")).toEqual(["checkout", "build", "install", "deploy"]);
  expect(stageNames(b, "b")).toEqual(["checkout", "lint", "build", "install", "scan", "deploy"]);
  expect(ownStages(a, "a")).toMatchObject({
    before: [{ name: "build", run: ["make"], env: { B: "2" }, timeout: 3600, position: { file: "define/a.json5" } }],
    after: [],
  });
  expect(ownStages(b, "b")).toMatchObject({
    before: [
      { name: "lint", run: ["l"], env: { A: "1" }, timeout: 5, position: { file: "define/facsimile.json5", line: 2 } },
      { name: "build", run: ["make"] },
    ],
    after: [{ name: "scan", run: [["s"]], position: { line: 3 } }],
  });
});
