import type { Run } from "@facsimile/core";
import type { PipelineEvent } from "@facsimile/pipeline";
import { expect, it } from "vitest";
import { follow } from "./follow.ts";
import type { RunState } from "./invocation.ts";
import { createStyle } from "./text/style.ts";
import type { World } from "./world.ts";

it("fills the instance at hand into what a warning advises", async () => {
  const told: string[] = [];
  const tellStyle = await createStyle({ colour: false, unicode: false });
  const world = { tellStyle, tell: (text: string) => told.push(text), signal: new AbortController().signal, parting: {} } as unknown as World; // biome-ignore format: one line
  async function* events(): AsyncGenerator<PipelineEvent> {
    yield { type: "warning", message: "it is an old one", hint: "facs state seal INSTANCE --accept-rollback" };
  }
  const run = { events: events(), result: Promise.resolve(7) } as unknown as Run<PipelineEvent, number>;
  expect(await follow(run, { world, run: { instance: "staging" } as RunState })).toBe(7);
  expect(told).toEqual(["! it is an old one\n  facs state seal staging --accept-rollback\n"]);
});
