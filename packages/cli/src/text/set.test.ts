import { parsePath } from "@facsimile/core";
import type { Effect, Place, PlannedEdit } from "@facsimile/definitions";
import { describe, expect, it } from "vitest";
import { type SetTextOptions, setText } from "./set.ts";
import { createStyle } from "./style.ts";

const style = await createStyle({ colour: false, unicode: false });

const at = (text: string, view?: string): Place => {
  const [file = "", line, column] = text.split(":");
  const position = line === undefined ? undefined : { file, line: Number(line), column: Number(column) };
  return { layer: file, view, position };
};

function effect(instance: string, project: string, more: Partial<Effect> = {}): Effect {
  return { instance, project, isSeen: false, hidden: [], sameAs: undefined, idleView: undefined, ...more };
}

const SEEN = { isSeen: true };
const hidden = (path: string, by: Place) => ({ path: parsePath(path), by });

function edit(effects: readonly Effect[], more: Partial<PlannedEdit> = {}): PlannedEdit {
  const texts = { before: "a: 1\n", after: "a: 2\n" };
  const unread = { instances: [], projects: [] };
  return { file: "define/dev.yaml", ...texts, shown: texts, effects, warnings: [], unread, ...more };
}

const OPTIONS: SetTextOptions = { key: ["a"], isSet: true, dryRun: false, carried: false, style };

/** The lines below the changes. */
function told(plan: PlannedEdit, more: Partial<SetTextOptions> = {}): readonly string[] {
  const text = setText(plan, { ...OPTIONS, ...more });
  expect(text).toMatch(/^--- define\/dev\.yaml\n\+\+\+ define\/dev\.yaml\n@@ -1,1 \+1,1 @@\n-a: 1\n\+a: 2\n\n/);
  return text.split("\n").slice(6, -3);
}

describe("setText", () => {
  it("shows the change, who sees it, that it was written, and what to type next", () => {
    const all = [
      effect("staging", "shop", SEEN),
      effect("staging", "ledger", SEEN),
      effect("staging.blue", "shop", SEEN),
    ];
    expect(setText(edit(all), OPTIONS)).toBe(`--- define/dev.yaml
+++ define/dev.yaml
@@ -1,1 +1,1 @@
-a: 1
+a: 2

seen by staging, staging.blue

Written; nothing is deployed yet. Run: facs plan INSTANCE
`);
  });

  it("ends with what was done and what was not", () => {
    const last = (effects: readonly Effect[], more: Partial<SetTextOptions> = {}) =>
      setText(edit(effects), { ...OPTIONS, ...more }).split("\n").at(-2); // biome-ignore format: one line
    expect(last([effect("dev", "shop", SEEN)])).toBe("Written; nothing is deployed yet. Run: facs plan dev");
    expect(last([effect("dev", "shop", SEEN)], { dryRun: true })).toBe("Nothing was written: this is a dry run.");
    expect(last([effect("dev", "shop")])).toBe("Written.");
    expect(last([effect("beta", "shop", SEEN)], { carried: true })).toBe(
      "Written. A version has the definitions of its own tag: commit this, then tag it.",
    );
  });

  it("groups those from whom the same place hides it, and names projects where not all are alike", () => {
    const [own, production] = [at("define/shop.json5:3:11"), at("define/production.json5:4:3")];
    expect(
      told(
        edit([
          effect("dev", "shop", { hidden: [hidden("a", own)] }),
          effect("dev", "ledger", SEEN),
          effect("staging", "shop", { hidden: [hidden("a", own)] }),
          effect("staging", "ledger", SEEN),
          effect("production", "shop", { hidden: [hidden("a", production)] }),
          effect("production", "ledger", { hidden: [hidden("a", production)] }),
        ]),
      ),
    ).toEqual([
      "seen by dev, staging for ledger",
      "hidden in dev, staging for shop: define/shop.json5:3:11 is stronger",
      "hidden in production: define/production.json5:4:3 is stronger",
    ]);
  });

  it("names the view that hides it, and the key where it is only a part of what was set", () => {
    const view = hidden("a", at("define/dev.yaml:9:3", "@region:us"));
    const part = hidden("deploy.user", at("define/dev.dev0.json5:2:3"));
    expect(told(edit([effect("dev", "shop", { ...SEEN, hidden: [view] })]))).toEqual([
      "seen by dev",
      "hidden in dev: define/dev.yaml:9:3 (@region:us) is stronger",
    ]);
    expect(told(edit([effect("dev", "shop", { ...SEEN, hidden: [part] })]), { key: ["deploy"] })).toEqual([
      "seen by dev",
      "deploy.user hidden in dev: define/dev.dev0.json5:2:3 is stronger",
    ]);
    expect(
      told(edit([effect("dev", "shop", { hidden: [part] })]), { key: parsePath("@region:eu.deploy.user") }),
    ).toEqual(["hidden in dev: define/dev.dev0.json5:2:3 is stronger"]);
  });

  it("says where nothing changes, and why", () => {
    const same = { sameAs: at("define/facsimile.json5:3:4") };
    expect(
      told(
        edit([
          effect("dev", "shop", same),
          effect("dev.dev0", "shop", same),
          effect("one", "shop", { sameAs: at("defaults") }),
          effect("two", "shop", { idleView: "@region:mars" }),
          effect("three", "shop"),
        ]),
      ),
    ).toEqual([
      "no change in dev, dev.dev0: define/facsimile.json5:3:4 says the same",
      "no change in one: defaults says the same",
      "no change in two: no host there is in @region:mars",
      "no change in three",
    ]);
  });

  it("counts where there are many", () => {
    const many = Array.from({ length: 48 }, (_, index) => effect(`dev.dev${index}`, "shop", SEEN));
    expect(told(edit(many))).toEqual(["seen by 48 instances"]);
    const projects = Array.from({ length: 9 }, (_, index) => effect("dev", `p${index}`, SEEN));
    expect(told(edit([...projects, effect("dev", "shop")]))).toEqual([
      "seen by dev for 9 projects",
      "no change in dev for shop",
    ]);
  });

  it("says what was not looked at, and that nobody uses the layer", () => {
    const unread = { projects: ["ledger"], instances: ["dev.dev0", "dev.dev1"] };
    expect(told(edit([effect("dev", "shop", SEEN)], { unread }))).toEqual([
      "seen by dev",
      "not looked at: ledger: its definitions live in its source",
      "not looked at: dev.dev0, dev.dev1, not readable: facs lint says why",
    ]);
    const both = { projects: ["a", "b"], instances: [] };
    expect(told(edit([], { unread: both }))).toEqual(["not looked at: a, b: their definitions live in their sources"]);
    expect(told(edit([]))).toEqual(["seen by nobody: no instance uses this layer"]);
  });

  it("says in one line that there is nothing to do", () => {
    const same = edit([], { after: "a: 1\n" });
    expect(setText(same, OPTIONS)).toBe("a has this value already in define/dev.yaml. Nothing was written.\n");
    expect(setText(same, { ...OPTIONS, isSet: false })).toBe(
      "a is not there in define/dev.yaml. Nothing was written.\n",
    );
  });

  it("lets no name steer a terminal", () => {
    const odd = edit([effect("\u001b[2J", "shop", { ...SEEN, hidden: [hidden("a", at("\u009b1m:1:1"))] })], {
      file: "\u202e",
    });
    expect(setText(odd, { ...OPTIONS, key: ["\u001b"] })).toMatch(/^[\x20-\x7e\n]+$/);
  });
});
