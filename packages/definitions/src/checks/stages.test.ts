import { expect, it } from "vitest";
import { stageFindings } from "./stages.ts";

const own = (name: string) => ({ name, run: ["x"] });
const said = (stages: readonly unknown[]) =>
  stageFindings({ shop: { repo: "x", stages: stages as never } }).map(
    ({ path, message, hint }) => `${path.slice(2).join(".")}: ${message}: ${hint}`,
  );

it("takes stages of one's own among the standard ones, and a project without a build", () => {
  expect(said(["checkout", own("lint"), "build", own("test"), "install", own("scan"), "deploy"])).toEqual([]);
  expect(said(["checkout", "install", "deploy"])).toEqual([]);
});

it.each([
  [
    ["checkout", "build", "deploy", "install"],
    "stages.3: the stage install cannot come after deploy: Standard stages come",
  ],
  [["build", "checkout", "install", "deploy"], "stages.1: the stage checkout cannot come after build: Standard"],
  [["checkout", "biuld", "install", "deploy"], "stages.1: biuld is no stage that runs by itself: Did you mean build?"],
  [
    ["checkout", "test", "install", "deploy"],
    'stages.1: test is no stage that runs by itself: Write {name: "test", run: ["…"]}.',
  ],
  [["checkout", own("a"), own("a"), "install", "deploy"], "stages.2: the stage a is there twice: Give each"],
  [
    ["checkout", own("build"), "install", "deploy"],
    'stages.1: the stage build has its own meaning: Write "build", and its',
  ],
  [
    [own("a"), "checkout", "install", "deploy"],
    "stages.0: the stage a comes before checkout, when there are no sources: Put",
  ],
  [
    ["checkout", "install", "deploy", own("a")],
    "stages.3: the stage a comes after deploy, too late to stop it: Put it before",
  ],
  [["checkout", "build"], "stages: the stages lack install and deploy: Every project has"],
  [[], "stages: the stages lack checkout and install and deploy: Every project has"],
])("refuses %j with its place", (stages, expected) => {
  const found = said(stages);
  expect(found).toHaveLength(1);
  expect(found[0]).toContain(expected);
});
