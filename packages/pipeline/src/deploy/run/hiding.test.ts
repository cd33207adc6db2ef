import { parseInstance } from "@facsimile/core";
import type { State } from "@facsimile/state";
import { expect, it } from "vitest";
import type { Release } from "../../release/release.ts";
import { isForeign } from "../plan/foreign.ts";
import { forgets } from "../rollback/secrets.ts";
import { hidingFound } from "./hiding.ts";
import type { HostRun, RunContext, Step } from "./host-run.ts";

const state = { scope: "staging", serial: 5 } as unknown as State;
const instance = parseInstance("staging");
const release = (more: object) => ({ instance: "staging", state: { scope: "staging", serial: 5 }, ...more }) as unknown as Release; // biome-ignore format: one line

it("takes a release for one of values that the state at hand never had: of another instance, another or a later state", () => {
  const made = (more: object, isOlder?: boolean) => isForeign(release(more), { state, instance, isOlder });
  expect([made({}), made({ state: { scope: "staging", serial: 4 } })]).toEqual([false, false]);
  expect(made({ instance: "other" })).toBe(true);
  expect(made({ state: { scope: "shared", serial: 4 } })).toBe(true);
  expect(made({ state: { scope: "staging", serial: 6 } })).toBe(true);
  expect(made({}, true)).toBe(true);
});

it("hides what may be of any secret of the release where it has no host of this name, as one that was renamed", () => {
  const trees = { t1: { secrets: [] }, t2: { secrets: ["passwd/till"] } };
  const foreign = release({ instance: "other", hosts: { web1: "t1", web2: "t2" }, trees });
  const forgotten = ["web1", "web2", "web9"].map((host) => forgets({ state, instance })(foreign, host));
  expect(forgotten).toEqual([false, true, true]);
});

it("hides what a command says in a copy whose record was lost; where nothing runs there is nothing to hide", () => {
  const hidesOf = (found: object, more: Partial<RunContext> = {}) => hidingFound(found as Step["found"], { host: { name: "web1" } } as HostRun, more as RunContext).hidesOutput; // biome-ignore format: one line
  expect(hidesOf({ probe: { current: { tree: "t1" } } })).toBe(true);
  expect(hidesOf({ probe: {} })).toBe(false);
  expect(hidesOf({ probe: {}, release: release({}) }, { hidesBack: () => true })).toBe(true);
  expect(hidesOf({ probe: {}, release: release({}) }, { hidesBack: () => false })).toBe(false);
  expect(hidesOf({ probe: {} }, { hidesOutput: true })).toBe(true);
});
