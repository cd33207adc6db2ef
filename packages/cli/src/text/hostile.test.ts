import { FacsimileError } from "@facsimile/core";
import { expect, it } from "vitest";
import { deployText } from "./deploy.ts";
import { doctorText } from "./doctor.ts";
import { eventText } from "./events.ts";
import { historyText } from "./history.ts";
import { planText } from "./plan.ts";
import { problemsText } from "./problems.ts";
import { statusText } from "./status.ts";
import { createStyle } from "./style.ts";
import { verifyText } from "./verify.ts";

// Clears the screen, and turns the direction of writing.
const BAD = "\u001b[2Jx\u202e";
const SHOWN = String.raw`\u001b[2Jx\u202e`;

const style = await createStyle({ colour: false, unicode: false });
const problem = new FacsimileError("HOST_UNREACHABLE", `web1 said:\n${BAD}`, { hint: `Ask ${BAD}.` });
const lock = { owner: BAD, run: BAD, reason: BAD, since: 0, until: 0, expired: true };
const entry = { release: BAD, dir: BAD, version: BAD, run: BAD, by: BAD, at: BAD, action: BAD };
const extra = { kind: "extra" as const, path: BAD };
const shop = { project: "shop", release: BAD, version: BAD, differences: [extra] };
const running = {
  ...shop,
  confirmed: true,
  since: BAD,
  by: BAD,
  snapshot: "same" as const,
  moved: [],
  history: [entry],
};
const status = {
  ...{ schema: "status/1" as const, instance: "dev", people: [] },
  hosts: [
    { host: "web1", region: "eu", problem, projects: [] },
    { host: "web2", region: "eu", lock, projects: [running] },
    { host: "web3", region: "eu", down: BAD, projects: [] },
  ],
};
const finding = { status: "warning" as const, about: "web1", text: `locked by ${BAD}\n${BAD}`, next: BAD };
const plan = {
  ...{ schema: "plan/1" as const, instance: "dev", local: false, made: [], values: [], notes: [BAD] },
  state: { scope: "dev", serial: 1, passwords: [], secrets: [], uiids: {} },
  projects: [{ project: "shop", from: [BAD], to: "1", position: undefined, release: "r", hooks: { precmd: [], postcmd: [], health: [] } }],
  hosts: [
    { host: "web1", region: "eu", targets: [], projects: [], problem },
    { host: "web2", region: "eu", targets: [], projects: [{ project: "shop", tree: "t", current: "t", changes: [], drift: [extra], files: 0, bytes: 0, secrets: [], newSecrets: [], release: true }] },
  ],
}; // biome-ignore format: a fixture
const verified = { schema: "verify/1" as const, instance: "dev", hosts: [
  { host: "web1", region: "eu", projects: [], problem },
  { host: "web2", region: "eu", projects: [shop] },
  { host: "web3", region: "eu", projects: [{ ...shop, differences: [] }] },
], projects: [{ project: "shop", version: "1" }], deep: false, down: [] }; // biome-ignore format: a fixture
const deployed = {
  ...{ schema: "deploy/1" as const, run: "r", instance: "dev", outcome: "failed" as const, projects: [] },
  ...{
    hosts: [{ host: "web1", region: "eu", outcome: "failed" as const, problem }],
    recorded: undefined,
    durationMs: 1,
  },
};

it.each([
  ["status", statusText(status, style)],
  ["history", historyText(status, style)],
  ["doctor", doctorText({ schema: "doctor/1", findings: [finding] }, style)],
  ["plan", planText(plan, style)],
  ["verify", verifyText(verified, style)],
  ["deploy", deployText(deployed, style)],
  ["progress", String(eventText(style)({ type: "host", host: "web1", phase: "failed", message: problem.message }))],
  ["a warning", String(eventText(style)({ type: "warning", message: BAD, hint: BAD }))],
  ["a failure", problemsText(problem, { root: undefined, style })],
])("what a host says steers no terminal, as %s tells it", (_, text) => {
  expect(text).not.toMatch(/[\0-\x09\x0b-\x1f\x7f-\x9f\u202e]/);
  expect(text).toContain(SHOWN);
});
