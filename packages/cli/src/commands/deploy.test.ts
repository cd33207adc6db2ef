import { FacsimileError } from "@facsimile/core";
import type { HostReport } from "@facsimile/pipeline";
import { expect, test } from "vitest";
import { endStatus } from "./deploy.ts";

const signal = AbortSignal.abort();
const well: HostReport = { host: "web1", region: "eu", outcome: "not tried" };
const stopped: HostReport = { ...well, problem: new FacsimileError("STOPPED", "web1: the run was stopped") };
const sick: HostReport = {
  ...well,
  outcome: "failed",
  problem: new FacsimileError("UNHEALTHY", "web1 is not healthy"),
};

const status = (...hosts: HostReport[]) => endStatus({ outcome: "failed", hosts }, { signal });

test("130 is for a run that was stopped before anything switched", () => {
  expect(status(stopped, well)).toBe(130);
  expect(status(sick, stopped)).toBe(130);
  expect(status({ ...sick, switched: "back" }, stopped)).toBe(1);
  expect(status(sick, { ...well, outcome: "reverted" })).toBe(1);
});

test("a run that ended by itself is told as what it was, though somebody asked to stop it", () => {
  expect(status(sick, well)).toBe(1);
  expect(endStatus({ outcome: "done", hosts: [] }, { signal })).toBe(0);
  expect(endStatus({ outcome: "partial", hosts: [sick] }, { signal })).toBe(3);
});
