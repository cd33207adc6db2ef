import { FacsimileError } from "@facsimile/core";
import type { Host } from "@facsimile/definitions";
import type { Lock, SwitchTarget } from "@facsimile/transport";
import { expect, it } from "vitest";
import type { HostRun, Step } from "./host-run.ts";
import { onceHooks } from "./once.ts";
import { revertAll } from "./revert.ts";
import { switchAll } from "./switch.ts";
import type { SwitchContext } from "./switch-context.ts";

const host = { name: "web1", targets: [] } as unknown as Host;
const context = {
  journal: { note: () => undefined, run: "r" },
  onEvent: () => undefined,
  redactor: { redact: String },
  instance: "staging",
  takenBack: new Set(),
  once: onceHooks([], []),
  limit: 2,
} as unknown as SwitchContext;
const hooks = { precmd: [], postcmd: [], health: [] };
const before = { dir: "t1", release: "r1" };

/** A host whose switch happens, and then fails with `error`. */
function run(error: Error): { run: HostRun; running: () => SwitchTarget | undefined } {
  let running: SwitchTarget | undefined = before;
  let isFirst = true;
  const lock = {
    async switch(_place: unknown, to: SwitchTarget | undefined) {
      running = to;
      if (isFirst) {
        isFirst = false;
        throw error;
      }
    },
    rest: async () => undefined,
  } as unknown as Lock;
  const step = {
    copy: { id: "r2", project: "shop", hooks },
    host,
    kind: "tree",
    wanted: { treeId: "t2" },
    found: { place: { home: "shop" }, probe: { current: { ...before, tree: "t1" } }, release: undefined },
  } as unknown as Step;
  const made = {
    host,
    locks: new Map([["shop", lock]]),
    steps: [step],
    switched: [],
    staged: new Map([["shop", "t2"]]),
    irreversible: false,
    isBack: false,
    outcome: "not tried",
  } as unknown as HostRun;
  return { run: made, running: () => running };
}

it("takes a host back whose switch failed after it was done", async () => {
  const { run: one, running } = run(new FacsimileError("CONNECTION_LOST", "the connection to web1 was lost"));
  await switchAll([one], context);
  expect(one).toMatchObject({ outcome: "unreachable", problem: { code: "SWITCH_UNKNOWN" } });
  expect(running()).toEqual({ dir: "t2", release: "r2" });
  await revertAll([one], context);
  expect(running()).toEqual(before);
  expect(one).toMatchObject({ switched: [], outcome: "failed", problem: { code: "CONNECTION_LOST" } });
});

it("says of a host that was lost during the switch what is known: nothing", async () => {
  const { run: one } = run(new FacsimileError("CONNECTION_LOST", "the connection to web1 was lost"));
  await switchAll([one], context);
  Object.assign(one.locks.get("shop") ?? {}, {
    switch: () => Promise.reject(new FacsimileError("CONNECTION_LOST", "the connection to web1 was lost")),
  });
  await revertAll([one], context);
  expect(one).toMatchObject({
    outcome: "unreachable",
    problem: {
      message: "web1: the connection was lost during the switch; unknown whether it switched",
      hint: expect.stringContaining("facs status staging"),
    },
  });
  expect(one.switched).toHaveLength(1);
});

it("has nothing to take back where the host refused before it changed anything", async () => {
  const { run: one } = run(new FacsimileError("LOCK_LOST", "web1: the lock expired"));
  await switchAll([one], context);
  expect(one).toMatchObject({ outcome: "failed", switched: [], problem: { code: "LOCK_LOST" } });
});

it("takes a mistake of ours for the host's failure, so that hosts still go back", async () => {
  const { run: one, running } = run(new TypeError("x is not a function"));
  await switchAll([one], context);
  expect(one.problem).toMatchObject({ code: "UNEXPECTED", message: expect.stringContaining("x is not a function") });
  await revertAll([one], context);
  expect(running()).toEqual(before);
});
