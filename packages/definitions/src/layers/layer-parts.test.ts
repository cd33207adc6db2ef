import { describe, expect, it } from "vitest";
import { parseSource } from "../files/source-file.ts";
import type { Layer } from "../merge/steps.ts";
import { type Step, stepsOf } from "../merge/steps.ts";
import type { ValueMap } from "../value.ts";
import { stepsFor } from "./views.ts";

function layer(text: string, name = "define/x.json5"): Layer {
  const source = parseSource({ file: name, text });
  return { name, root: "conglomerate", role: "instance", source, at: [], body: source.value as ValueMap };
}

function split(text: string): { steps: readonly Step[]; problems: string[] } {
  const { steps, problems } = stepsOf(layer(text));
  const told = problems.map(
    ({ code, message, position }) => `${code} ${position?.line}:${position?.column} ${message}`,
  );
  return { steps, problems: told };
}

const named = (steps: readonly Step[]) =>
  steps.map(({ view }) => (view === undefined ? "body" : `${view.kind}:${view.name}`));

describe("a layer", () => {
  it("is its body, then its views from weak to strong, equals in the order of the file", () => {
    const { steps } = split(
      "{ '@host:a': {}, x: 1, '@target:t': {}, '@region:b': {}, '@region:a': {}, '@system:linux': {} }",
    );
    expect(named(steps)).toEqual(["body", "system:linux", "region:b", "region:a", "target:t", "host:a"]);
    expect(steps[0]?.values).toEqual({ x: 1 });
  });

  it("has no value of what steers the loading", () => {
    expect(
      split("{ extends: 'x', $schema: 'y', z: 1, '@host:a': { extends: 'x', k: 1 } }").steps.map(
        ({ values }) => values,
      ),
    ).toEqual([{ z: 1 }, { k: 1 }]);
  });

  it("cannot be replaced whole by a directive, nor can a view", () => {
    const { steps, problems } = split("{ $replace: {}, x: 1,\n '@host:a': { $delete: true } }");
    expect(problems).toEqual([
      "BAD_DIRECTIVE 1:3 $replace cannot stand at the top of a layer",
      "BAD_DIRECTIVE 2:15 $delete cannot stand at the top of a layer",
    ]);
    expect(steps.map(({ values }) => values)).toEqual([{ x: 1 }, {}]);
  });

  it.each(["@", "@region", "@region:", "@region:a b", "@Region:eu", "@host:-x", "@constellation:x", "@host:../x"])(
    "has no view %j",
    (key) => {
      expect(split(JSON.stringify({ [key]: {} })).problems).toEqual([
        `BAD_VIEW 1:2 ${JSON.stringify(key)} is not a view`,
      ]);
    },
  );
});

describe("what a viewer sees", () => {
  const { steps } = split(
    "{ '@host:a': {}, '@host:b': {}, '@target:t': {}, '@target:u': {}, '@region:eu': {}, '@system:linux': {}, '@system:darwin': {} }",
  );
  const see = (viewer: object) => named(stepsFor(steps, { system: "linux", ...viewer }));

  it("is the body and the blocks that name it", () => {
    expect(see({})).toEqual(["body", "system:linux"]);
    expect(see({ name: "a", region: "eu", targets: ["u"] })).toEqual([
      "body",
      "system:linux",
      "region:eu",
      "target:u",
      "host:a",
    ]);
    expect(see({ name: "z", region: "us", targets: [], system: "darwin" })).toEqual(["body", "system:darwin"]);
  });

  it("has targets in the host's order, whatever the file's", () => {
    expect(see({ targets: ["t", "u"] })).toEqual(["body", "system:linux", "target:t", "target:u"]);
    expect(see({ targets: ["u", "t"] })).toEqual(["body", "system:linux", "target:u", "target:t"]);
  });

  it("keeps each layer's blocks with their layer", () => {
    const two = [...steps, ...stepsOf(layer("{ '@target:t': {}, '@target:u': {} }", "define/y.json5")).steps];
    const order = stepsFor(two, { system: "x", targets: ["u", "t"] as never }).map(
      (step) => `${step.layer.name} ${step.view?.name ?? "body"}`,
    );
    expect(order).toEqual([
      "define/x.json5 body",
      "define/x.json5 u",
      "define/x.json5 t",
      "define/y.json5 body",
      "define/y.json5 u",
      "define/y.json5 t",
    ]);
  });
});
