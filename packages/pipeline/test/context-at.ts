import path from "node:path";
import { createExec, Redactor } from "@facsimile/core";
import type { PipelineContext } from "../src/context.ts";
import type { PipelineEvent } from "../src/events.ts";

/** A context over `root` whose events are kept. */
export function contextAt(root: string): PipelineContext & { readonly events: PipelineEvent[] } {
  const events: PipelineEvent[] = [];
  const env = { PATH: process.env["PATH"], HOME: root, GIT_CONFIG_NOSYSTEM: "1" };
  return {
    root,
    own: root,
    work: root,
    configDir: path.join(root, ".config"),
    env,
    exec: createExec(env),
    now: () => new Date("2026-01-02T03:04:05Z"),
    owner: "tester@here",
    redactor: new Redactor(),
    onEvent: (event) => void events.push(event),
    events,
  };
}
