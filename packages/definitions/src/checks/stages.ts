import { didYouMean, type KeyPath, meantOr } from "@facsimile/core";
import type { InstanceValues } from "../types.ts";
import type { Finding } from "./finding.ts";

/** The stages that every project has, in the only order that makes sense. */
export const STANDARD_STAGES: readonly string[] = ["checkout", "build", "install", "deploy"];

/** What is wrong with the stages of projects: unknown, missing or twice, or in an order that cannot be. */
export function stageFindings(projects: NonNullable<InstanceValues["projects"]>): readonly Finding[] {
  return Object.entries(projects).flatMap(([name, { stages }]) =>
    stages === undefined ? [] : findingsOf(stages, ["projects", name, "stages"]),
  );
}

type Stages = NonNullable<NonNullable<InstanceValues["projects"]>[string]["stages"]>;

function findingsOf(stages: Stages, path: KeyPath): readonly Finding[] {
  const names = stages.map((stage) => (typeof stage === "string" ? stage : stage.name));
  const wrong = stages.flatMap((stage, index) => {
    const said = complaint(names, { index, isOwn: typeof stage !== "string" });
    return said === undefined ? [] : [{ code: "BAD_STAGES", path: [...path, String(index)], ...said }];
  });
  const missing = ["checkout", "install", "deploy"].filter((name) => !names.includes(name));
  if (wrong.length > 0 || missing.length === 0) return wrong;
  const message = `the stages lack ${missing.join(" and ")}`;
  return [
    {
      code: "BAD_STAGES",
      path,
      message,
      hint: `Every project has ${STANDARD_STAGES.join(", ")}; build may be left out.`,
    },
  ];
}

function complaint(
  names: readonly string[],
  { index, isOwn }: { index: number; isOwn: boolean },
): { message: string; hint: string } | undefined {
  const [name = "", before] = [names[index], names.slice(0, index)];
  const order = `Standard stages come in this order: ${STANDARD_STAGES.join(", ")}.`;
  if (before.includes(name))
    return { message: `the stage ${name} is there twice`, hint: "Give each stage a name of its own." };
  if (isOwn) return ownComplaint(names, { name, index });
  if (!STANDARD_STAGES.includes(name)) {
    const hint = meantOr(didYouMean(name, STANDARD_STAGES), `Write {name: ${JSON.stringify(name)}, run: ["…"]}.`);
    return { message: `${name} is no stage that runs by itself`, hint };
  }
  const late = before.find((other) => STANDARD_STAGES.indexOf(other) > STANDARD_STAGES.indexOf(name));
  return late === undefined ? undefined : { message: `the stage ${name} cannot come after ${late}`, hint: order };
}

function ownComplaint(
  names: readonly string[],
  { name, index }: { name: string; index: number },
): { message: string; hint: string } | undefined {
  if (STANDARD_STAGES.includes(name)) {
    const hint = name === "build" ? 'Write "build", and its commands as build.run.' : `Write ${JSON.stringify(name)}.`;
    return { message: `the stage ${name} has its own meaning`, hint };
  }
  if (!names.slice(0, index).includes("checkout"))
    return {
      message: `the stage ${name} comes before checkout, when there are no sources`,
      hint: "Put it after checkout.",
    };
  if (names.slice(0, index).includes("deploy"))
    return {
      message: `the stage ${name} comes after deploy, too late to stop it`,
      hint: "Put it before, or see deploy.postcmd.",
    };
  return undefined;
}
