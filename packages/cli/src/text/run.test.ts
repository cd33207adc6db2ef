import { FacsimileError } from "@facsimile/core";
import type { CommandHost } from "@facsimile/pipeline";
import { expect, it } from "vitest";
import { commandText, saidText } from "./run.ts";
import { createStyle } from "./style.ts";

const style = await createStyle({ colour: false, unicode: false });

it("a line stands behind its host, and what would steer a terminal is written out", () => {
  const lines = ["a\tb \u001b]0;x\u0007", "", " c \t", " "];
  expect(saidText({ host: "db", lines, width: 4 }, style)).toBe(
    "db   | a\tb \\u001b]0;x\\u0007\ndb   |\ndb   |  c \t\ndb   |  \n",
  );
});

function said(...hosts: Partial<CommandHost>[]): string {
  const named = hosts.map((host, index) => ({ host: `h${index + 1}`, region: undefined, ...host }));
  return commandText({ schema: "command/1", instance: "staging", words: ["true"], hosts: named }, style);
}

it("hosts are counted, and those that did not end with 0 are named with what they did", () => {
  const done = { exitCode: 0, timedOut: false };
  const problem = new FacsimileError("HOST_UNREACHABLE", "h4 cannot be reached");
  const stopped = new FacsimileError("STOPPED", "h5: the run was stopped");
  expect(said(done)).toBe("ok staging: 1 host ended with 0\n");
  expect(said(done, done)).toBe("ok staging: all 2 hosts ended with 0\n");
  expect(said(done, { down: "in repair" })).toBe("! h2 was not asked: in repair\nok staging: 1 host ended with 0\n");
  const all = [done, { ...done, exitCode: 3 }, { exitCode: 124, timedOut: true }, { problem }, { problem: stopped }, { ...done, exitCode: 124 }]; // biome-ignore format: one line
  expect(said(...all)).toBe(
    "x h4 cannot be reached\n" +
      "x staging: 1 of 6 hosts ended with 0; h2 with 3, h6 with 124; ended because their time was over: h3; stopped: h5; not known of: h4\n",
  );
});
