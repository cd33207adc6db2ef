import { PassThrough } from "node:stream";
import { expect, it } from "vitest";
import { createWorld } from "./create-world.ts";
import type { Process } from "./world.ts";

/** Whether what is printed, and what is told, has colours. */
async function coloured(
  env: Record<string, string>,
  { stdout = true, stderr = true } = {},
): Promise<[boolean, boolean]> {
  const { style, tellStyle } = await createWorld(processOf(env, { stdout, stderr }));
  return [style.red("x") !== "x", tellStyle.red("x") !== "x"];
}

function processOf(env: Record<string, string>, { stdout, stderr }: { stdout: boolean; stderr: boolean }): Process {
  const output = (isTTY: boolean, columns: number) => Object.assign(new PassThrough(), isTTY ? { isTTY, columns } : {});
  return {
    argv: [],
    env: { HOME: "/", ...env },
    versions: { node: "20.19.0" },
    stdin: new PassThrough(),
    stdout: output(stdout, 200),
    stderr: output(stderr, 40),
    cwd: () => "/",
    on: () => undefined,
    exit: (status) => {
      throw new Error(`exit ${status}`);
    },
  };
}

it("has colours for each output by what that one is; none for a terminal that knows none", async () => {
  expect(await coloured({ TERM: "xterm" })).toEqual([true, true]);
  expect(await coloured({ TERM: "xterm" }, { stderr: false })).toEqual([true, false]);
  expect(await coloured({ TERM: "xterm" }, { stdout: false })).toEqual([false, true]);
  expect(await coloured({ TERM: "dumb" })).toEqual([false, false]);
  expect(await coloured({ TERM: "xterm", NO_COLOR: "1" })).toEqual([false, false]);
  expect(await coloured({ TERM: "dumb", FORCE_COLOR: "1" }, { stdout: false, stderr: false })).toEqual([true, true]);
});

it("draws progress as wide as the terminal that it goes to, wherever data goes", async () => {
  const { width, tellWidth, live } = await createWorld(processOf({ TERM: "xterm" }, { stdout: false, stderr: true }));
  expect([width, tellWidth, live]).toEqual([undefined, 40, true]);
});
